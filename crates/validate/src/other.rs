//! The formats that are no evidence, by the name that people use, each with what to do about it.

use serde::{Serialize, Serializer};

const PICTURE: &str = "open the picture, export it as PNG or JPEG, and send that";
const PHONE: &str = "export the photo as JPEG, or set the camera to Most Compatible (Settings, Camera, Formats) and take it again";
const OFFICE: &str = "open the document and save or export it as PDF, then send the PDF";
const UNPACK: &str = "unpack it and send each PNG, JPEG or PDF inside as its own file";
const FILM: &str = "a film cannot be evidence: send screenshots of the moments that matter";
const SOUND: &str = "a recording cannot be evidence: send what was said as text in a PDF";
const TEXT: &str = "print the text to PDF, or send a screenshot of it";
const MAIL: &str = "open the message in the mail program, print it to PDF with its headers, and send that";
const PAGE: &str = "if this should be a picture or PDF, the download failed and left a web page: fetch it again; otherwise print the page to PDF";
const ANSWER: &str =
    "this looks like a server's answer and not the file: fetch the document again and check that it opens";
const DECODE: &str =
    "the program that sends the file encodes it as text: make it send the file's bytes, not their encoding";
const PROGRAM: &str = "a program is never evidence: check that this is the file you meant";

macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident $slug:literal $name:literal $advice:expr;)+) => {
        /// A format that the API does not take (`upload.bad-format`).
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum OtherFormat { $($(#[$doc])* $format,)+ }

        impl OtherFormat {
            /// Every format, pictures first.
            pub const ALL: &[Self] = &[$(Self::$format,)+];

            /// The stable short name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$format => $slug,)+ }
            }

            /// The name that people use, with what kind of thing it is.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$format => $name,)+ }
            }

            /// What the merchant can do.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$format => $advice,)+ }
            }
        }
    };
}

formats! {
    /// Photos of iPhones and many other phones.
    Heic "heic" "HEIC photo" PHONE;
    /// HEIF with another codec, or a sequence.
    Heif "heif" "HEIF picture" PHONE;
    /// AV1 pictures.
    Avif "avif" "AVIF picture" PICTURE;
    /// WebP, lossy or lossless.
    Webp "webp" "WebP image" PICTURE;
    /// GIF, still or moving.
    Gif "gif" "GIF image" PICTURE;
    /// TIFF, also `BigTIFF` and raw photos built on it.
    Tiff "tiff" "TIFF image" PICTURE;
    /// Windows bitmap.
    Bmp "bmp" "BMP image" PICTURE;
    /// Windows icon or cursor.
    Ico "ico" "Windows icon" PICTURE;
    /// Scalable Vector Graphics.
    Svg "svg" "SVG drawing" PICTURE;
    /// Photoshop document.
    Psd "psd" "Photoshop document (PSD)" PICTURE;
    /// JPEG XL, bare or in its container.
    Jxl "jxl" "JPEG XL image" PICTURE;
    /// JPEG 2000, bare or in its container.
    Jp2 "jp2" "JPEG 2000 image" PICTURE;
    /// JPEG-LS.
    JpegLs "jpeg_ls" "JPEG-LS image" PICTURE;
    /// JPEG XR.
    Jxr "jxr" "JPEG XR image" PICTURE;
    /// Multiple-image Network Graphics.
    Mng "mng" "MNG animation" PICTURE;
    /// JPEG Network Graphics.
    Jng "jng" "JNG image" PICTURE;
    /// `DjVu`.
    Djvu "djvu" "DjVu document" OFFICE;
    /// Word, since 2007.
    Docx "docx" "Word document (DOCX)" OFFICE;
    /// Excel, since 2007.
    Xlsx "xlsx" "Excel workbook (XLSX)" OFFICE;
    /// `PowerPoint`, since 2007.
    Pptx "pptx" "PowerPoint presentation (PPTX)" OFFICE;
    /// Office Open XML whose first bytes do not tell which.
    OfficeXml "office_xml" "Office document (DOCX, XLSX or PPTX)" OFFICE;
    /// `OpenDocument`: ODT, ODS, ODP.
    OpenDocument "open_document" "OpenDocument file (ODT, ODS or ODP)" OFFICE;
    /// Office before 2007, and Outlook messages.
    Ole2 "ole2" "old Office document or Outlook message (DOC, XLS, PPT or MSG)" OFFICE;
    /// Rich Text Format.
    Rtf "rtf" "RTF document" OFFICE;
    /// `PostScript`, also encapsulated.
    PostScript "postscript" "PostScript file" OFFICE;
    /// Forms Data Format: the data of a PDF form without the form.
    Fdf "fdf" "FDF form data" "send the filled PDF itself, not the data exported from it";
    /// Electronic book.
    Epub "epub" "EPUB book" OFFICE;
    /// ZIP, and what is built on it without a name of its own here.
    Zip "zip" "ZIP archive" UNPACK;
    /// RAR.
    Rar "rar" "RAR archive" UNPACK;
    /// 7z.
    SevenZip "7z" "7-Zip archive" UNPACK;
    /// gzip.
    Gzip "gzip" "gzip file" UNPACK;
    /// bzip2.
    Bzip2 "bzip2" "bzip2 file" UNPACK;
    /// xz.
    Xz "xz" "xz file" UNPACK;
    /// Zstandard.
    Zstd "zstd" "Zstandard file" UNPACK;
    /// tar.
    Tar "tar" "tar archive" UNPACK;
    /// MPEG-4 film.
    Mp4 "mp4" "MP4 video" FILM;
    /// `QuickTime` film.
    Mov "mov" "QuickTime video (MOV)" FILM;
    /// AVI film.
    Avi "avi" "AVI video" FILM;
    /// Matroska or `WebM` film.
    Matroska "matroska" "WebM or Matroska video" FILM;
    /// MP3 sound.
    Mp3 "mp3" "MP3 recording" SOUND;
    /// WAV sound.
    Wav "wav" "WAV recording" SOUND;
    /// Ogg sound.
    Ogg "ogg" "Ogg recording" SOUND;
    /// Linux program.
    Elf "elf" "Linux program" PROGRAM;
    /// Windows program.
    Pe "pe" "Windows program" PROGRAM;
    /// macOS program.
    MachO "mach_o" "macOS program" PROGRAM;
    /// A script with an interpreter line.
    Script "script" "script" PROGRAM;
    /// Apple's binary property list, which Safari's web archives are.
    Bplist "bplist" "Apple property list or Safari web archive" PAGE;
    /// A web page.
    Html "html" "HTML page" PAGE;
    /// XML of another kind.
    Xml "xml" "XML file" TEXT;
    /// JSON.
    Json "json" "JSON data" ANSWER;
    /// An e-mail with its headers.
    Email "email" "e-mail message (EML)" MAIL;
    /// An HTTP response with its headers.
    HttpResponse "http_response" "HTTP response" ANSWER;
    /// A form with its boundaries, sent as if it were the file.
    MultipartForm "multipart_form" "whole multipart form" "the program that sends the file puts the form inside the file: make it send the file alone";
    /// A `data:` URL.
    DataUrl "data_url" "data: URL" DECODE;
    /// The base64 text of a PNG.
    Base64Png "base64_png" "base64 text of a PNG" DECODE;
    /// The base64 text of a JPEG.
    Base64Jpeg "base64_jpeg" "base64 text of a JPEG" DECODE;
    /// The base64 text of a PDF.
    Base64Pdf "base64_pdf" "base64 text of a PDF" DECODE;
    /// The hexadecimal text of one of the three.
    HexText "hex_text" "hexadecimal text of a file" DECODE;
    /// Any other text.
    PlainText "plain_text" "plain text" TEXT;
}

impl Serialize for OtherFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

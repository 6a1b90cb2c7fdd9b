//! The stable names of findings, each with what a sound file has and what to do where it is missing.

use std::{borrow::Cow, error::Error, fmt, str::FromStr};

use rebuttal_model::{Clause, clause::upload};
use serde::{Serialize, Serializer};

use crate::{
    advice::{self, Language},
    finding::Severity::{self, Note, Rejection, Warning},
};

const RESEND: &str =
    "the file was cut or changed on its way: send the original again, unchanged and to its last byte";
const RESAVE: &str = "open the picture in a viewer, save it again as PNG or JPEG, and send the new file";
const REPRINT: &str = "open the document, print it to PDF or export it again, and send the new file";
const SMALLER: &str =
    "save a smaller copy (fewer pixels, stronger compression, or only the pages that matter) and send that";
const AS_BYTES: &str = "the program that sends the file treats it as text: make it send the bytes unchanged";
const CHECK_TAIL: &str = "save the file again and send the new copy: what stands behind the end may be the part that a picture was cropped of";
const CONVERT: &str = "convert the file to PNG, JPEG or PDF (renaming it is not enough) and send that";
const NOTHING: &str = "nothing to do: the bytes decide; rename the file if people will look for it";
const RENAME: &str = "if the file is filed under this name, shorten it to at most 16 English letters and digits: some networks refuse others";
const UNLOCK: &str = "save a copy without a password or restrictions and send that copy";
const LOOK: &str =
    "part of the picture may be missing or wrong: look at it, and send the original again if so";
const NO_PAGE: &str = "the document has no page: export it again and check that it shows something";
const ALL_PAGES: &str =
    "open the document and check that every page shows what it should; if not, export it again";
const BLANK: &str = "the document shows only empty pages: export it again and check that it shows something";
const OPEN_IT: &str = "open the file and check that it shows what it should";
const PRINTED: &str =
    "a reviewer sees only what prints: print the document to a plain PDF if that part matters";

/// One row a code: name, gravest severity, what a sound file has, what the merchant can do.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident $name:literal $worst:ident $expected:literal $advice:expr;)+) => {
        /// What a finding is about: a closed list of names that stay as they are, so that others can translate them.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Code { $($(#[doc = $doc])+ $code,)+ }

        impl Code {
            /// Every code, in the order of the table in the documentation.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// What a finding with this code means, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$code => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The gravest severity that a finding with this code has.
            pub const fn worst(self) -> Severity {
                match self { $(Self::$code => $worst,)+ }
            }

            /// What a sound file has, where a finding says nothing more exact.
            pub const fn expected(self) -> &'static str {
                match self { $(Self::$code => $expected,)+ }
            }

            /// What the merchant can do, where a finding says nothing more exact.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$code => $advice,)+ }
            }
        }
    };
}

codes! {
    /// The file has no bytes (`upload.file-empty`).
    Empty "empty" Rejection "at least one byte" "choose the file again: the one that was sent is empty";
    /// More than 10,485,760 bytes (`upload.too-large`).
    TooLarge "too_large" Rejection "at most 10,485,760 bytes" SMALLER;
    /// More than 10,000,000 bytes, so too large for whoever reads 10 MB in decimal (`upload.size-limit-mib`).
    SizeNearLimit "size_near_limit" Warning "at most 10,000,000 bytes, which every reading of 10 MB allows" SMALLER;
    /// The `kind` is none of the four (`upload.bad-kind`).
    BadKind "bad_kind" Rejection "one of cardholder_details, details_of_purchase, proof_of_receipt, proof_of_acceptance" "use one of the four kinds to the letter, or leave the kind out";
    /// The file name has the extension of another format.
    NameDisagrees "name_disagrees" Note "a file name that fits the bytes" NOTHING;
    /// The declared media type is that of another format.
    TypeDisagrees "type_disagrees" Note "a declared type that fits the bytes" NOTHING;
    /// The file name is one that Mastercom, where Mastercard's disputes are filed, does not take.
    NameForNetworks "name_for_networks" Note "a name of at most 16 English letters and digits, as Mastercom asks" RENAME;
    /// A PDF that is larger than what Visa takes, where nobody makes it smaller on the way.
    SizeForNetworks "size_for_networks" Note "a PDF of at most 2,000,000 bytes, as Visa asks" SMALLER;
    /// A picture of more pixels than Mastercom takes, where nobody makes it smaller on the way.
    PixelsForNetworks "pixels_for_networks" Note "a picture of at most 30,000,000 pixels, as Mastercom asks" SMALLER;
    /// `--deep`: a PDF of more pages than Mastercom takes without a fee.
    PagesForNetworks "pages_for_networks" Note "a PDF of at most 18 pages, as Mastercom asks" SMALLER;
    /// No known signature (`upload.bad-format`).
    TypeUnknown "type_unknown" Rejection "a PNG, JPEG or PDF file" "check that this is the file you meant, then export it as PNG, JPEG or PDF";
    /// A known type that is not PNG, JPEG or PDF; the finding names it (`upload.bad-format`).
    TypeNotAllowed "type_not_allowed" Rejection "a PNG, JPEG or PDF file" CONVERT;
    /// A PNG or JPEG signature stands behind other bytes; no viewer skips to it.
    LeadingJunk "leading_junk" Rejection "the picture's signature at byte 0" "the program that sends the file puts bytes before it: make it send the file alone";
    /// Bytes after the end of the document.
    TrailingData "trailing_data" Warning "the end of the file where the document ends" CHECK_TAIL;
    /// An archive after the end of the document.
    TrailingArchive "trailing_archive" Warning "the end of the file where the document ends" CHECK_TAIL;
    /// Binary data read as text and written back as UTF-8.
    Utf8Mangled "utf8_mangled" Rejection "binary data" AS_BYTES;
    /// A picture that is a PDF too.
    PolyglotPdf "polyglot_pdf" Warning "one format in one file" RESAVE;
    /// HTML at the start and a PDF behind it.
    PolyglotHtml "polyglot_html" Warning "the PDF header at byte 0" REPRINT;

    /// The file ends inside a chunk, or before the picture's data.
    PngTruncated "png_truncated" Rejection "whole chunks up to IEND" RESEND;
    /// The signature went through a change of line ends.
    PngSignatureNewlineDamage "png_signature_newline_damage" Rejection "the signature 89 50 4E 47 0D 0A 1A 0A" AS_BYTES;
    /// The first chunk is not IHDR.
    PngIhdrMissing "png_ihdr_missing" Rejection "IHDR as the first chunk" RESAVE;
    /// A field of IHDR has a value that is not allowed.
    PngIhdrInvalid "png_ihdr_invalid" Rejection "an IHDR with allowed values" RESAVE;
    /// No picture data.
    PngIdatMissing "png_idat_missing" Rejection "an IDAT chunk before IEND" RESAVE;
    /// Another chunk between two IDAT.
    PngIdatNotConsecutive "png_idat_not_consecutive" Rejection "IDAT chunks in a row" RESAVE;
    /// The image data is no valid zlib stream.
    PngZlibError "png_zlib_error" Rejection "image data that inflates" RESAVE;
    /// The image data ends before the last row.
    PngIdatShort "png_idat_short" Rejection "image data for every row of the picture" RESAVE;
    /// More image data than the picture has rows for.
    PngIdatExcess "png_idat_excess" Warning "the end of the image data after the last row" RESAVE;
    /// The checksum at the end of the zlib stream is wrong or missing.
    PngZlibChecksum "png_zlib_checksum" Warning "the checksum of the inflated image data" RESAVE;
    /// A row starts with a filter that does not exist.
    PngBadFilter "png_bad_filter" Rejection "a filter from 0 to 4 at the start of each row" RESAVE;
    /// The checksum of a critical chunk is wrong.
    PngCrcMismatch "png_crc_mismatch" Rejection "the checksum of the chunk's bytes" RESEND;
    /// The checksum of an ancillary chunk is wrong.
    PngAncillaryCrc "png_ancillary_crc" Warning "the checksum of the chunk's bytes" RESAVE;
    /// IEND is missing or cut.
    PngMissingIend "png_missing_iend" Warning "an IEND chunk at the end" RESEND;
    /// A palette picture without PLTE.
    PngPlteMissing "png_plte_missing" Rejection "a PLTE chunk before IDAT" RESAVE;
    /// PLTE is not made of 1 to 256 colours of three bytes.
    PngPlteInvalid "png_plte_invalid" Warning "1 to 256 colours of three bytes" RESAVE;
    /// A critical chunk where it may not stand.
    PngChunkOrder "png_chunk_order" Rejection "critical chunks once and in order" RESAVE;
    /// A critical chunk that no viewer knows.
    PngUnknownCriticalChunk "png_unknown_critical_chunk" Rejection "IHDR, PLTE, IDAT and IEND as the only critical chunks" RESAVE;
    /// A chunk's name holds a byte that is no letter.
    PngBadChunkType "png_bad_chunk_type" Warning "four letters as the chunk's name" RESAVE;
    /// A chunk's length is over 2^31-1.
    PngBadChunkLength "png_bad_chunk_length" Rejection "a chunk length of at most 2,147,483,647" RESEND;
    /// More than 2^28 pixels.
    PngDimensionsTooLarge "png_dimensions_too_large" Rejection "at most 268,435,456 pixels" SMALLER;
    /// The variant that only Apple's tools open.
    PngCgbi "png_cgbi" Rejection "a standard PNG" "this PNG is in the form that iPhone apps are packed with: open it on a Mac, export it as PNG, and send that";

    /// The file ends before any scan data.
    JpegTruncated "jpeg_truncated" Rejection "whole segments and scan data" RESEND;
    /// The file ends inside the scan data.
    JpegTruncatedScan "jpeg_truncated_scan" Warning "scan data up to the end marker FF D9" "the lower part of the picture may be missing: look at it, and send the original again if so";
    /// Half of the end marker is there.
    JpegMissingEoi "jpeg_missing_eoi" Warning "the end marker FF D9" RESEND;
    /// No frame header before the scan or the end.
    JpegNoFrame "jpeg_no_frame" Rejection "a frame header (SOF) before the first scan" RESAVE;
    /// No scan before the end.
    JpegNoScan "jpeg_no_scan" Rejection "a scan (SOS) before the end marker" RESEND;
    /// Width or height is 0.
    JpegZeroDimension "jpeg_zero_dimension" Rejection "width and height of at least 1" RESAVE;
    /// More than 2^28 pixels.
    JpegDimensionsTooLarge "jpeg_dimensions_too_large" Rejection "at most 268,435,456 pixels" SMALLER;
    /// A coding that viewers do not read, or not all of them.
    JpegUnsupportedCoding "jpeg_unsupported_coding" Rejection "baseline or progressive Huffman coding with 8 bits a sample" RESAVE;
    /// The frame header is not valid.
    JpegBadFrame "jpeg_bad_frame" Rejection "one frame header with 1, 3 or 4 components" RESAVE;
    /// The scan header is not valid.
    JpegBadScan "jpeg_bad_scan" Rejection "a scan header that names components of the frame" RESAVE;
    /// A Huffman or quantization table is not valid.
    JpegBadTable "jpeg_bad_table" Rejection "a table that fills its segment and fits its code space" RESAVE;
    /// A table that the scan needs is not defined.
    JpegMissingTable "jpeg_missing_table" Rejection "every table that the scan uses" RESAVE;
    /// A segment's length is under 2.
    JpegBadSegmentLength "jpeg_bad_segment_length" Warning "a segment length of at least 2" RESAVE;
    /// No marker where one must be, or a reserved one.
    JpegBadMarker "jpeg_bad_marker" Rejection "a marker of JPEG after each segment" RESAVE;
    /// Restart markers out of order.
    JpegRestartOrder "jpeg_restart_order" Warning "restart markers from D0 to D7 in turn" RESEND;
    /// Line ends in the scan data were changed by a transfer in text mode.
    JpegTextModeDamage "jpeg_text_mode_damage" Warning "scan data as the encoder wrote it" AS_BYTES;
    /// More than 100,000 `APPn` segments.
    JpegExcessiveSegments "jpeg_excessive_segments" Warning "at most 100,000 APPn segments" RESAVE;
    /// More than 100 scans.
    JpegExcessiveScans "jpeg_excessive_scans" Warning "at most 100 scans" RESAVE;

    /// The header stands behind other bytes, within the first 1,024.
    PdfHeaderOffset "pdf_header_offset" Warning "the PDF header at byte 0" REPRINT;
    /// The header stands behind the first 1,024 bytes.
    PdfHeaderTooLate "pdf_header_too_late" Rejection "the PDF header within the first 1,024 bytes" REPRINT;
    /// Objects of a PDF without its header.
    PdfHeaderMissing "pdf_header_missing" Rejection "the PDF header %PDF-1.x" REPRINT;
    /// A version that does not exist, or none.
    PdfHeaderVersion "pdf_header_version" Warning "a version from 1.0 to 1.7, or 2.0" REPRINT;
    /// A header, and no object.
    PdfNoObjects "pdf_no_objects" Rejection "objects after the header" RESEND;
    /// The file ends before the trailer, or inside an update.
    PdfTruncated "pdf_truncated" Rejection "a trailer or cross-reference stream with /Root" RESEND;
    /// No end mark.
    PdfMissingEof "pdf_missing_eof" Warning "%%EOF after the last startxref" RESEND;
    /// No `startxref`, or no number after it.
    PdfMissingStartxref "pdf_missing_startxref" Warning "startxref and a number before %%EOF" REPRINT;
    /// `startxref` does not point at a cross-reference.
    PdfBadStartxref "pdf_bad_startxref" Warning "startxref with the place of a cross-reference" REPRINT;
    /// A cross-reference table or `/Prev` that does not fit the file.
    PdfBadXref "pdf_bad_xref" Warning "a cross-reference with the places of the objects" REPRINT;
    /// Cross-references that lead in a circle.
    PdfXrefLoop "pdf_xref_loop" Warning "cross-references that come to an end" REPRINT;
    /// No `/Root`, or it names an object that is not there.
    PdfMissingRoot "pdf_missing_root" Rejection "a /Root that names an object of the file" REPRINT;
    /// A page tree that says it has no page.
    PdfNoPages "pdf_no_pages" Rejection "at least one page" NO_PAGE;
    /// A page tree that leads back to itself before any page.
    PdfPageTreeLoop "pdf_page_tree_loop" Rejection "a page tree that leads to pages" REPRINT;
    /// `/Length` is wrong or `endstream` is missing.
    PdfStreamLength "pdf_stream_length" Warning "endstream where /Length says" REPRINT;
    /// `endobj` is missing.
    PdfObjectSyntax "pdf_object_syntax" Warning "endobj after each object" REPRINT;
    /// Encrypted, and what the password is checked with is not to be had in one pass.
    PdfEncrypted "pdf_encrypted" Warning "a document without encryption" UNLOCK;
    /// Encrypted, and opens without a password: an owner password restricts printing or copying.
    PdfEncryptedNoPassword "pdf_encrypted_no_password" Warning "a document without encryption" UNLOCK;
    /// Encrypted, and opens only with a password (`upload.bad-format`).
    PdfPasswordRequired "pdf_password_required" Rejection "a document that opens without a password" "remove the password: open the document with it, save a copy without a password, and send that copy";
    /// Encrypted by a handler that no viewer has.
    PdfUnknownEncryption "pdf_unknown_encryption" Rejection "the security handler /Standard, or none" UNLOCK;
    /// JavaScript.
    PdfJavascript "pdf_javascript" Warning "no script" PRINTED;
    /// An action that starts a program.
    PdfLaunchAction "pdf_launch_action" Warning "no action that starts a program" PRINTED;
    /// Attached files.
    PdfEmbeddedFiles "pdf_embedded_files" Note "everything that matters on the pages" PRINTED;
    /// An XFA form.
    PdfXfa "pdf_xfa" Warning "pages that need no form software" PRINTED;
    /// A portfolio: files in a cover.
    PdfPortfolio "pdf_portfolio" Warning "one document, no portfolio" PRINTED;
    /// Values nested deeper than 256.
    PdfDeepNesting "pdf_deep_nesting" Warning "values nested at most 256 deep" REPRINT;

    /// `--deep`: a decoder finds errors in picture data, and goes on.
    DeepImageDamaged "deep_image_damaged" Warning "picture data that decodes without an error" LOOK;
    /// `--deep`: a decoder cannot decode a picture.
    DeepImageUndecodable "deep_image_undecodable" Warning "picture data that decodes" RESAVE;
    /// `--deep`: no catalogue or page tree that can be read, also when the file is repaired.
    DeepPdfUnreadable "deep_pdf_unreadable" Warning "a catalogue that leads to a page tree" REPRINT;
    /// `--deep`: a page tree without a page, object streams included.
    DeepPdfNoPages "deep_pdf_no_pages" Rejection "at least one page" NO_PAGE;
    /// `--deep`: another number of pages than the page tree says.
    DeepPdfPageCount "deep_pdf_page_count" Warning "as many pages as the page tree says" ALL_PAGES;
    /// `--deep`: no page has contents or an annotation.
    DeepPdfBlank "deep_pdf_blank" Note "something on some page" BLANK;
    /// `--deep`: a page, its contents, a picture or a font that is named and not there.
    DeepPdfObjectMissing "deep_pdf_object_missing" Warning "every object that the pages need" ALL_PAGES;
    /// `--deep`: a stream that does not inflate.
    DeepPdfStreamDamaged "deep_pdf_stream_damaged" Warning "streams that inflate to their end" ALL_PAGES;
    /// `--deep`: something was not decoded, because of a limit; the finding says what.
    DeepLimit "deep_limit" Note "a file that is decoded within the limits" OPEN_IT;
    /// `--deep`: a decoder gave up on the file in a way that it should not.
    DeepFailed "deep_failed" Warning "a file that the decoders take or refuse" OPEN_IT;
}

impl Code {
    /// What the merchant can do, in another language.
    pub fn advice_in(self, language: Language) -> Cow<'static, str> {
        advice::translated(language, self.advice()).unwrap_or(Cow::Borrowed(self.advice()))
    }

    /// Whether it is about what card networks ask for, which the contract says nothing of.
    pub(crate) const fn is_advice(self) -> bool {
        matches!(
            self,
            Self::NameForNetworks | Self::SizeForNetworks | Self::PixelsForNetworks | Self::PagesForNetworks
        )
    }

    /// Its place in a set of codes.
    pub(crate) const fn bit(self) -> u128 {
        1 << (self as u8)
    }

    /// The clause that a finding with this code is about; `None` for what the contract says nothing of.
    pub const fn clause(self) -> Option<&'static Clause> {
        match (self, self.worst()) {
            (Self::Empty, _) => Some(&upload::FILE_EMPTY),
            (Self::TooLarge, _) => Some(&upload::TOO_LARGE),
            (Self::SizeNearLimit, _) => Some(&upload::SIZE_LIMIT_MIB),
            (Self::BadKind, _) => Some(&upload::BAD_KIND),
            (_, Rejection) => Some(&upload::BAD_FORMAT),
            (_, Warning | Note) => None,
        }
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let named = Self::ALL.iter().find(|code| code.as_str() == text);
        named.copied().ok_or(UnknownCode)
    }
}

/// A text that names no code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected the code of a finding, such as trailing_data")
    }
}

impl Error for UnknownCode {}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_fit_the_set_that_findings_keep() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(Code::ALL.len() <= 128);
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!(
                code.about().ends_with('.') && !code.about().starts_with(' '),
                "{code:?}"
            );
        }
        assert_eq!("trailing-data".parse::<Code>(), Err(UnknownCode));
        for name in names {
            assert!(
                name.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                "{name}"
            );
        }
    }

    #[test]
    fn the_codes_of_size_and_kind_have_their_own_clauses() {
        for (code, clause) in [
            (Code::Empty, Some("upload.file-empty")),
            (Code::TooLarge, Some("upload.too-large")),
            (Code::SizeNearLimit, Some("upload.size-limit-mib")),
            (Code::BadKind, Some("upload.bad-kind")),
            (Code::TypeNotAllowed, Some("upload.bad-format")),
            (Code::PdfTruncated, Some("upload.bad-format")),
            (Code::TrailingData, None),
            (Code::NameDisagrees, None),
        ] {
            assert_eq!(code.clause().map(|clause| clause.id), clause, "{code:?}");
        }
    }
}

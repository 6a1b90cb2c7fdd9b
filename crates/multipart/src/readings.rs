//! How other readers take what is wrong: for a violation, the readings that differ from ours, and whose.
//!
//! Measured on 2026-11-22: 61 small bodies, 16 readers, each in the version that stands beside its name below.
//! "Ours" is what lenient mode does; where it refuses, a reader that refuses too is not listed. Crates without
//! a reader of `Content-Type` of their own were given multer's. A few rows of multer and multra were seen by the
//! differential fuzzing of the same day instead. What was not measured is not here: an id without readings
//! says nothing about other readers.

use crate::violation::ViolationId as Id;

/// What some readers make of a violation, other than this crate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The reading, a lower-case fragment such as "the first name counts".
    pub what: &'static str,
    /// Who reads so: names without versions, Rust crates first.
    pub readers: &'static [&'static str],
}

const MULTER: &str = "multer"; // 3.1
const MULTRA: &str = "multra"; // 1.2
const S3S: &str = "s3s-multipart"; // 0.17
const MULTIPARTY: &str = "multiparty"; // 0.1
const ACTIX: &str = "actix-multipart"; // 0.8.5
const XITCA: &str = "http-multipart (xitca)"; // 0.1.2
const VIZ: &str = "form-data (viz)"; // 0.6
const MPART_ASYNC: &str = "mpart-async"; // 0.7
const DEFNULL: &str = "defnull multipart"; // 2.0.1, not its strict mode
const PYTHON_MULTIPART: &str = "python-multipart"; // 0.0.34
const WERKZEUG: &str = "werkzeug"; // 3.1.9
const BUSBOY: &str = "busboy"; // 1.6
const FASTIFY: &str = "@fastify/busboy"; // 3.2.6
const REMIX: &str = "@remix-run/multipart-parser"; // 0.16.3
const UNDICI: &str = "undici"; // 7.30.2
const GO: &str = "Go mime/multipart"; // Go 1.19

/// A row: ids, and in braces each reading with those who read so. The ids without any come first.
macro_rules! table {
    (none $($none:ident)+; $($($id:ident)|+ { $($what:literal: $($reader:ident)+;)+ })+) => {
        /// The readings of a violation that differ from ours; none where readers agree, or were not asked.
        pub(crate) const fn readings(id: Id) -> &'static [Reading] {
            match id {
                $($(Id::$id)|+ => &[$(Reading { what: $what, readers: &[$($reader),+] }),+],)+
                $(Id::$none)|+ => &[],
            }
        }
    };
}

table! {
    none
        C02 C03 C04 C05 C06 F02 F06 F12 H02 H03 H12 H14 H16 H17 H19 H22 D09 D19 D21 D22 D24 L01 L02
        L03 L04 L05 L06 L08 L09 X02 C13 C15 D25 D26 F21 H23 X01;
    C01 {
        "read as form data": ACTIX XITCA PYTHON_MULTIPART REMIX GO;
    }
    C07 {
        "the first boundary counts": MULTER MULTRA S3S MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC BUSBOY
            FASTIFY REMIX UNDICI;
        "the last boundary counts": DEFNULL PYTHON_MULTIPART WERKZEUG;
    }
    C08 {
        "the extended value is decoded and counts": WERKZEUG FASTIFY GO;
    }
    C09 {
        "the body is refused": MULTER MULTRA S3S MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC WERKZEUG BUSBOY
            REMIX UNDICI;
    }
    // Measured on a comma.
    C10 {
        "a comma separates as a semicolon does": XITCA REMIX;
    }
    C11 {
        "the backslash is removed": WERKZEUG UNDICI;
        "no part is seen": MULTIPARTY;
        "the reader never answers": VIZ;
        "an error comes at the end only": GO;
    }
    C12 {
        "the body is refused": MULTER MULTRA BUSBOY GO;
    }
    C14 {
        "refused where a quoted value holds a semicolon": XITCA REMIX;
    }
    F01 {
        "the body is refused": XITCA MPART_ASYNC PYTHON_MULTIPART REMIX;
    }
    F03 {
        "no part is seen": MULTRA ACTIX VIZ BUSBOY FASTIFY GO;
        "a part begins there": MULTER S3S MULTIPARTY WERKZEUG UNDICI;
    }
    F04 {
        "it is content": PYTHON_MULTIPART WERKZEUG GO;
        "the part ends there and the rest is dropped": VIZ BUSBOY FASTIFY;
    }
    F05 {
        "the body is refused": MULTIPARTY ACTIX MPART_ASYNC DEFNULL PYTHON_MULTIPART UNDICI;
        "no part is seen": XITCA VIZ BUSBOY FASTIFY;
    }
    F07 {
        "LF ends a line": WERKZEUG GO;
        "no part is seen": VIZ;
    }
    F08 {
        "CR ends a line": WERKZEUG;
    }
    F09 {
        "a delimiter: a part begins there": WERKZEUG;
        "the body is refused": UNDICI;
        "refused after CR alone": ACTIX;
    }
    F10 | F11 {
        "the parts are handed out, and an error comes at the end only": PYTHON_MULTIPART GO;
        "the form is complete": MULTIPARTY;
        "the reader never answers": VIZ;
    }
    F13 {
        "the body is refused": S3S;
        "refused on the line of the delimiter": MULTRA;
    }
    F14 {
        "the part is not seen": MULTER MULTRA MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC DEFNULL
            PYTHON_MULTIPART WERKZEUG BUSBOY FASTIFY REMIX UNDICI GO;
    }
    F15 {
        "the body is refused": MPART_ASYNC;
    }
    F16 {
        "an empty form": MULTIPARTY VIZ;
        "an error comes at the end only": PYTHON_MULTIPART GO;
    }
    F17 {
        "the next part is content, its boundary too": MULTER MULTRA S3S MULTIPARTY ACTIX XITCA VIZ
            MPART_ASYNC DEFNULL PYTHON_MULTIPART REMIX;
        "the part is empty": WERKZEUG GO;
        "the next part's headers are content": BUSBOY;
        "the part is dropped": FASTIFY;
    }
    F20 {
        "the body is refused": UNDICI;
    }
    H01 {
        "a part without a name": S3S PYTHON_MULTIPART GO;
        "the part is dropped": FASTIFY;
        "the reader never answers": VIZ;
    }
    H04 {
        "the line is skipped": WERKZEUG FASTIFY REMIX GO;
    }
    H05 {
        "the body is refused": MULTER MULTRA S3S MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC PYTHON_MULTIPART
            BUSBOY;
        "the part is dropped": FASTIFY;
        "the header is ignored": GO;
    }
    H06 {
        "the body is refused": MULTER MULTRA S3S MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC PYTHON_MULTIPART
            UNDICI;
        "a part without a name": REMIX;
    }
    H07 {
        "the white space is ignored": WERKZEUG REMIX UNDICI;
        "the part is dropped": FASTIFY;
        "an error comes at the end only": GO;
    }
    H08 {
        "LF ends a line": MULTIPARTY WERKZEUG GO;
        "LF ends a line, but not the blank one": MULTER MULTRA;
        "the part is dropped": FASTIFY;
        "the reader never answers": VIZ;
    }
    // Measured on NUL.
    H09 {
        "the byte is part of the value": DEFNULL PYTHON_MULTIPART WERKZEUG FASTIFY REMIX UNDICI GO;
    }
    H11 {
        "there is no filename": MULTER MULTRA XITCA;
        "neither a name nor a filename": MPART_ASYNC;
        "the bytes are kept": PYTHON_MULTIPART GO;
        "read as Latin-1": BUSBOY;
        "the body is refused": MULTIPARTY ACTIX DEFNULL WERKZEUG REMIX;
    }
    H13 {
        "the headers after the third are dropped": S3S;
    }
    H15 {
        "the first header counts": MULTIPARTY ACTIX XITCA VIZ WERKZEUG BUSBOY FASTIFY GO;
        "the last header counts": MULTER MULTRA S3S MPART_ASYNC DEFNULL PYTHON_MULTIPART REMIX UNDICI;
    }
    H18 {
        "the length is counted off, across delimiters": ACTIX XITCA;
        "the body is refused": DEFNULL;
    }
    H20 {
        "base64 is decoded": UNDICI;
    }
    H21 {
        "the body is refused": ACTIX XITCA;
    }
    D01 {
        "a part without a name": MULTER MULTRA S3S MPART_ASYNC PYTHON_MULTIPART REMIX GO;
        "the part is dropped": BUSBOY FASTIFY;
    }
    D02 {
        "read like form-data": MULTER MULTRA MPART_ASYNC PYTHON_MULTIPART WERKZEUG REMIX;
        "a part without a name": S3S GO;
        "the part is dropped": BUSBOY FASTIFY;
    }
    D03 {
        "a part without a name": MULTER MULTRA S3S MPART_ASYNC DEFNULL PYTHON_MULTIPART WERKZEUG BUSBOY
            FASTIFY REMIX GO;
    }
    D04 {
        "the body is refused": VIZ;
    }
    D05 {
        "the first name counts": MULTER MULTRA S3S ACTIX XITCA VIZ MPART_ASYNC BUSBOY;
        "the last name counts": MULTIPARTY DEFNULL PYTHON_MULTIPART WERKZEUG FASTIFY REMIX UNDICI;
        "a part without a name": GO;
    }
    D06 {
        "the first filename counts": MULTER MULTRA S3S ACTIX XITCA VIZ MPART_ASYNC BUSBOY FASTIFY;
        "the last filename counts": MULTIPARTY DEFNULL PYTHON_MULTIPART WERKZEUG REMIX UNDICI;
        "neither a name nor a filename": GO;
    }
    D07 {
        "it is ignored": MULTER S3S MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC DEFNULL PYTHON_MULTIPART;
    }
    D08 {
        "filename counts": MULTER S3S MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC DEFNULL PYTHON_MULTIPART
            FASTIFY;
        "filename* counts": MULTRA WERKZEUG BUSBOY REMIX UNDICI GO;
    }
    D10 {
        "the pieces are ignored": MULTER MULTRA S3S MULTIPARTY ACTIX XITCA VIZ MPART_ASYNC DEFNULL
            PYTHON_MULTIPART BUSBOY REMIX;
        "the pieces are joined": WERKZEUG GO;
        "the last piece with its number is the filename": FASTIFY;
    }
    // Measured on `filename=x y.txt`.
    D11 | D29 {
        "the value goes on to the semicolon": MULTRA S3S MULTIPARTY ACTIX XITCA VIZ PYTHON_MULTIPART
            REMIX;
        "the value ends at the space": MULTER DEFNULL WERKZEUG UNDICI;
        "the spaces are left out": FASTIFY;
        "neither a name nor a filename": MPART_ASYNC GO;
        "the part is dropped": BUSBOY;
    }
    // Measured on `name="a; filename="b.php"`.
    D12 | D13 {
        "the value goes on to the next quote, and nothing after it counts": MULTRA S3S ACTIX DEFNULL
            WERKZEUG FASTIFY REMIX;
        "the value goes on to the next quote, and what it holds counts too": MULTER MPART_ASYNC;
        "the value goes on to the end of the line": PYTHON_MULTIPART;
        "the value ends at the semicolon": MULTIPARTY;
        "the value ends at the white space": XITCA;
        "the quote is part of the value": VIZ;
        "neither a name nor a filename": GO;
        "the part is dropped": BUSBOY;
    }
    D14 {
        "neither a name nor a filename": MPART_ASYNC GO;
        "the part is dropped": BUSBOY;
        "the body is refused": ACTIX;
    }
    D15 {
        "the backslash is kept": S3S MULTIPARTY VIZ;
        "the value ends at the escaped quote": XITCA;
        "the body is refused": UNDICI;
    }
    D16 {
        "the backslashes are removed": ACTIX WERKZEUG REMIX;
        "the last segment counts": DEFNULL PYTHON_MULTIPART BUSBOY FASTIFY;
    }
    D17 {
        "there is no filename": MULTER S3S MPART_ASYNC WERKZEUG;
        "the quote closes and the backslash is kept": MULTIPARTY XITCA VIZ UNDICI;
        "the filename is empty": DEFNULL PYTHON_MULTIPART;
        "the quotes are part of the filename": MULTRA;
        "the quotes are part of the filename, and its backslashes are removed": REMIX;
        "the last segment with its quote counts": FASTIFY;
        "neither a name nor a filename": GO;
        "the part is dropped": BUSBOY;
    }
    D18 {
        "%0A, %0D and %22 are decoded": DEFNULL UNDICI;
        "every percent escape is decoded": MULTRA MPART_ASYNC;
        "%22 alone is decoded": WERKZEUG;
    }
    // Measured on a path of Windows.
    D20 {
        "the backslashes are removed": ACTIX WERKZEUG REMIX;
        "the last segment counts": DEFNULL PYTHON_MULTIPART BUSBOY FASTIFY;
    }
    // Measured on `x="; filename=evil.php; "`.
    D23 {
        "a filename inside its quotes counts": MULTER MULTIPARTY XITCA;
        "neither a name nor a filename": MPART_ASYNC;
        "the body is refused": VIZ;
    }
    D30 {
        "the parameter inside the quotes counts": MULTER MPART_ASYNC;
        "the value ends at the semicolon": MULTIPARTY;
        "neither a name nor a filename": XITCA;
        "the body is refused": VIZ;
    }
    D27 {
        "the parameter is not seen": MULTER MPART_ASYNC REMIX;
        "the body is refused": MULTIPARTY XITCA VIZ;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_one_thing_in_two_ways() {
        let mut seen = 0;
        for id in Id::ALL {
            let readers: Vec<&str> = readings(*id).iter().flat_map(|it| it.readers).copied().collect();
            for (index, reader) in readers.iter().enumerate() {
                assert!(!readers[..index].contains(reader), "{id}: {reader} twice");
                seen += 1;
            }
        }
        assert!(seen > 200, "{seen} readers");
    }

    #[test]
    fn readings_are_fragments() {
        for reading in Id::ALL.iter().flat_map(|id| readings(*id)) {
            assert!(!reading.readers.is_empty(), "{}", reading.what);
            let first = reading.what.chars().next().unwrap_or('.');
            assert!(!reading.what.ends_with('.') && first != '.', "{}", reading.what);
            let is_name = ["LF ", "CR "].iter().any(|name| reading.what.starts_with(name));
            assert!(!first.is_uppercase() || is_name, "{}", reading.what);
        }
    }
}

//! Where the objects of a PDF are, those in object streams too: found by reading the file, as viewers do to repair one.

use std::collections::HashMap;

use hayro_syntax::object::{Dict, FromBytes, MaybeRef, Object, Stream};
use memchr::memmem;

use super::{
    budget::Budget,
    inflate::{End, inflate},
};

/// How far before `obj` its two numbers may start, in bytes.
const HEAD_BYTES: usize = 40;

/// Where an object is.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The object stream that holds it, among those that were inflated.
    stream: Option<usize>,
    /// Where its value starts, there or in the file.
    at: usize,
    /// Where it is in the file, or the object stream that holds it is.
    offset: u64,
}

/// A value, with what stands behind a reference to it.
pub(super) enum Resolved<'a> {
    /// With the number that it was found by, and its place in the file.
    Found(Object<'a>, Option<u32>, Option<u64>),
    /// A reference to an object that is not there, or cannot be read.
    Missing(u32),
}

/// The objects of a file by their numbers. Of several with one number the last counts.
pub(super) struct Graph<'a> {
    file: &'a [u8],
    streams: Vec<Vec<u8>>,
    places: HashMap<u32, Place>,
    /// The catalogue that the last trailer names.
    root: Option<u32>,
    is_encrypted: bool,
    /// The first object stream that does not inflate.
    damaged: Option<u64>,
    /// Whether every object stream was read to its end, and nothing was left out.
    is_whole: bool,
}

impl<'a> Graph<'a> {
    pub(super) fn read(file: &'a [u8], budget: &mut Budget) -> Self {
        let mut graph = Self {
            file,
            streams: Vec::new(),
            places: HashMap::new(),
            root: None,
            is_encrypted: false,
            damaged: None,
            is_whole: true,
        };
        let last_trailer = graph.take_trailers(budget);
        let mut from = 0;
        let finder = memmem::Finder::new(b"obj");
        while let Some(hit) = finder.find(&file[from..]) {
            let keyword = from + hit;
            from = keyword + 3;
            let Some((number, start)) = head(file, keyword) else {
                continue;
            };
            if !(budget.takes_object() && budget.has_time()) {
                graph.is_whole = false;
                break;
            }
            let at = skip_space(file, from);
            let place = Place {
                stream: None,
                at,
                offset: start as u64,
            };
            graph.places.insert(number, place);
            if let Some(Object::Stream(stream)) = Object::from_bytes(&file[at..]) {
                graph.take_stream(&stream, place, last_trailer, budget);
                from = at + length(file, at, &stream);
            }
        }
        graph
    }

    /// Takes the last trailer that names a catalogue; says where it is.
    fn take_trailers(&mut self, budget: &mut Budget) -> Option<usize> {
        for at in memmem::rfind_iter(self.file, b"trailer") {
            // A value that does not end is read to the end of the file, by every trailer before it.
            if !budget.has_time() {
                self.is_whole = false;
                return None;
            }
            let value = skip_space(self.file, at + 7);
            if let Some(dict) = Dict::from_bytes(&self.file[value..])
                && self.take_root(&dict)
            {
                return Some(at);
            }
        }
        None
    }

    fn take_root(&mut self, dict: &Dict<'_>) -> bool {
        let Some(root) = dict.get_ref("Root") else {
            return false;
        };
        self.root = Some(root.obj_number);
        self.is_encrypted |= dict.contains_key("Encrypt");
        true
    }

    fn take_stream(
        &mut self,
        stream: &Stream<'_>,
        place: Place,
        last_trailer: Option<usize>,
        budget: &mut Budget,
    ) {
        let dict = stream.dict();
        match name(dict, "Type").as_deref() {
            Some(b"XRef") if last_trailer.is_none_or(|at| at < place.at) => {
                self.take_root(dict);
            }
            Some(b"ObjStm") if !self.is_encrypted => self.take_members(stream, place, budget),
            _ => {}
        }
    }

    /// Inflates an object stream, and notes what is in it.
    fn take_members(&mut self, stream: &Stream<'_>, place: Place, budget: &mut Budget) {
        let raw = stream.raw_data();
        let mut data = Vec::new();
        let end = match filters(stream.dict()).as_deref() {
            Some([]) => {
                data.extend_from_slice(&raw);
                End::Whole
            }
            Some([only]) if is_flate(only) => inflate(&raw, budget, |piece, budget| {
                let fits = budget.takes_kept(piece.len());
                data.extend_from_slice(if fits { piece } else { &[] });
                fits
            }),
            _ => {
                budget.leave_out("object streams with other filters than FlateDecode");
                End::Unknown
            }
        };
        if matches!(end, End::Damaged | End::Short) {
            self.damaged.get_or_insert(place.offset);
        }
        let number = |key| {
            stream
                .dict()
                .get::<u32>(key)
                .and_then(|it| usize::try_from(it).ok())
        };
        let (Some(count), Some(first)) = (number("N"), number("First")) else {
            self.is_whole = false;
            return;
        };
        let text = data.get(..first).unwrap_or(&data);
        // Not kept: a hostile head is millions of them.
        let mut numbers = text
            .split(u8::is_ascii_whitespace)
            .filter(|token| !token.is_empty())
            .map_while(|token| str::from_utf8(token).ok()?.parse::<usize>().ok());
        // Predictors would have to be undone; no producer applies them to objects.
        self.is_whole &= end == End::Whole;
        let index = self.streams.len();
        for _ in 0..count {
            let (Some(number), Some(at)) = (numbers.next(), numbers.next()) else {
                self.is_whole = false;
                break;
            };
            if !budget.takes_object() {
                self.is_whole = false;
                break;
            }
            let (Ok(number), at) = (u32::try_from(number), first.saturating_add(at)) else {
                continue;
            };
            let member = Place {
                stream: Some(index),
                at,
                offset: place.offset,
            };
            self.places.insert(number, member);
        }
        self.streams.push(data);
    }

    pub(super) fn root(&self) -> Option<u32> {
        self.root
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Where an object stream is that does not inflate.
    pub(super) fn damaged(&self) -> Option<u64> {
        self.damaged
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The objects in object streams, each with the place of its stream; the streaming check has seen the others.
    pub(super) fn members(&self) -> impl Iterator<Item = (Object<'_>, u64)> {
        let mut places: Vec<_> = self
            .places
            .values()
            .filter(|place| place.stream.is_some())
            .collect();
        // A map's order is another one in every run.
        places.sort_by_key(|place| (place.stream, place.at));
        places
            .into_iter()
            .filter_map(|place| Some((self.value(*place)?, place.offset)))
    }

    pub(super) fn object(&self, number: u32) -> Option<(Object<'_>, u64)> {
        let place = *self.places.get(&number)?;
        Some((self.value(place)?, place.offset))
    }

    fn value(&self, place: Place) -> Option<Object<'_>> {
        let bytes = match place.stream {
            Some(index) => self.streams.get(index)?,
            None => self.file,
        };
        Object::from_bytes(bytes.get(skip_space(bytes, place.at)..)?)
    }

    pub(super) fn resolve<'b>(&'b self, value: MaybeRef<Object<'b>>) -> Resolved<'b> {
        match value {
            MaybeRef::NotRef(object) => Resolved::Found(object, None, None),
            MaybeRef::Ref(reference) => match self.object(reference.obj_number) {
                Some((object, offset)) => Resolved::Found(object, Some(reference.obj_number), Some(offset)),
                None => Resolved::Missing(reference.obj_number),
            },
        }
    }

    /// The value of a key, where it is there.
    pub(super) fn get<'b>(&'b self, dict: &Dict<'b>, key: &str) -> Option<Object<'b>> {
        match self.resolve(dict.get_raw::<Object<'_>>(key)?) {
            Resolved::Found(object, ..) => Some(object),
            Resolved::Missing(_) => None,
        }
    }
}

/// A name, where it is not behind a reference.
pub(super) fn name(dict: &Dict<'_>, key: &str) -> Option<Vec<u8>> {
    let MaybeRef::NotRef(Object::Name(name)) = dict.get_raw::<Object<'_>>(key)? else {
        return None;
    };
    Some(name.to_vec())
}

/// The filters of a stream, in the order in which they are applied; `None` where they cannot be told.
pub(super) fn filters(dict: &Dict<'_>) -> Option<Vec<Vec<u8>>> {
    match dict.get_raw::<Object<'_>>("Filter") {
        None | Some(MaybeRef::NotRef(Object::Null(_))) => Some(Vec::new()),
        Some(MaybeRef::NotRef(Object::Name(name))) => Some(vec![name.to_vec()]),
        Some(MaybeRef::NotRef(Object::Array(names))) => names
            .raw_iter()
            .map(|name| match name {
                MaybeRef::NotRef(Object::Name(name)) => Some(name.to_vec()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

pub(super) fn is_flate(filter: &[u8]) -> bool {
    matches!(filter, b"FlateDecode" | b"Fl")
}

/// The number of the object whose `obj` is at `keyword`, and where it starts.
fn head(file: &[u8], keyword: usize) -> Option<(u32, usize)> {
    let text = &file[keyword.saturating_sub(HEAD_BYTES)..keyword];
    let text = text.trim_ascii_end();
    let (text, _generation) = split_digits(text)?;
    let (before, number) = split_digits(text.strip_suffix_space()?)?;
    let number = str::from_utf8(number).ok()?.parse().ok()?;
    Some((number, keyword.saturating_sub(HEAD_BYTES) + before.len()))
}

/// The digits at the end, and what is before them.
fn split_digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let count = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then(|| text.split_at(text.len() - count))
}

trait StripSpace {
    fn strip_suffix_space(&self) -> Option<&Self>;
}

impl StripSpace for [u8] {
    /// Without the white space at the end, of which there must be some.
    fn strip_suffix_space(&self) -> Option<&Self> {
        let stripped = self.trim_ascii_end();
        (stripped.len() < self.len()).then_some(stripped)
    }
}

/// Where the next value starts: behind white space and comments.
fn skip_space(bytes: &[u8], from: usize) -> usize {
    let mut at = from.min(bytes.len());
    loop {
        let rest = &bytes[at..];
        let space = rest
            .iter()
            .take_while(|byte| matches!(byte, 0 | 9 | 10 | 12 | 13 | 32))
            .count();
        at += space;
        if bytes.get(at) != Some(&b'%') {
            return at;
        }
        at += memchr::memchr2(b'\r', b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
    }
}

/// How much of the file a stream takes up, so that what is inside it is not taken for objects of the file.
fn length(file: &[u8], at: usize, stream: &Stream<'_>) -> usize {
    let dict = stream.dict().data().len();
    let keyword = memmem::find(&file[at + dict..], b"stream").unwrap_or_default();
    dict + keyword + stream.raw_data().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_starts_with_two_numbers() {
        for (text, wanted) in [
            ("1 0 ", Some((1, 0))),
            ("\n12\r\n0\n", Some((12, 1))),
            (">>34 65535 ", Some((34, 2))),
            ("7 0", Some((7, 0))),
            ("end", None),
            ("0 ", None),
            ("a 0 ", None),
            ("99999999999 0 ", None),
            ("", None),
        ] {
            assert_eq!(head(text.as_bytes(), text.len()), wanted, "{text:?}");
        }
    }

    #[test]
    fn white_space_and_comments_are_passed_over() {
        for (text, wanted) in [("", 0), (" \0\n x", 4), ("%a\n %b\rx", 7), ("%a", 2), ("x ", 0)] {
            assert_eq!(skip_space(text.as_bytes(), 0), wanted, "{text:?}");
        }
        assert_eq!(skip_space(b"x", 9), 1);
    }
}

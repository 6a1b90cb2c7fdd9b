//! Makes what breaks a promise small: whatever can be left out of it is.
//!
//! Where a step is due to be refused, what makes it so stays as it is: without it, a success would be right.

use bytes::Bytes;

use crate::scenario::{RawRequest, Step, Upload};

/// What is left after shrinking, and how many tries that took.
#[derive(Debug)]
pub(super) struct Shrunk {
    pub(super) steps: Vec<Step>,
    pub(super) tries: usize,
}

/// Takes out what is not needed, as long as `fails` says that it still fails; at most so many tries.
pub(super) async fn shrink(
    steps: Vec<Step>,
    most: usize,
    mut fails: impl AsyncFnMut(&[Step]) -> bool,
) -> Shrunk {
    let (mut best, mut tries) = (steps, 0);
    'again: loop {
        for simpler in simpler(&best) {
            if tries == most {
                break 'again;
            }
            tries += 1;
            if fails(&simpler).await {
                best = simpler;
                continue 'again;
            }
        }
        break;
    }
    Shrunk { steps: best, tries }
}

/// Simpler forms, those that leave out most first.
fn simpler(steps: &[Step]) -> Vec<Vec<Step>> {
    let mut all = Vec::new();
    if steps.len() > 1 {
        let half = steps.len() / 2;
        if steps.len() > 2 {
            all.extend([steps[half..].to_vec(), steps[..half].to_vec()]);
        }
        all.extend((0..steps.len()).map(|out| {
            let mut fewer = steps.to_vec();
            fewer.remove(out);
            fewer
        }));
        // A connection begins with the step that opens it.
        for fewer in &mut all {
            fewer[0].same_connection = false;
        }
    }
    for (index, step) in steps.iter().enumerate() {
        all.extend(simpler_step(step).into_iter().map(|simple| {
            let mut steps = steps.to_vec();
            steps[index] = simple;
            steps
        }));
    }
    all
}

fn simpler_step(step: &Step) -> Vec<Step> {
    let mut all = Vec::new();
    if let Some(upload) = &step.upload {
        let is_refused = step.expect.as_ref().is_some_and(|it| it.client_error);
        let is_cut = step.expect.as_ref().is_some_and(|it| it.unchanged);
        for simple in simpler_upload(upload, is_refused, is_cut) {
            all.push(Step {
                upload: Some(simple),
                ..step.clone()
            });
        }
    }
    if let Some(request) = &step.request {
        for simple in simpler_request(request) {
            all.push(Step {
                request: Some(simple),
                ..step.clone()
            });
        }
    }
    for (index, piece) in step.send.iter().flat_map(|send| send.pieces.iter().enumerate()) {
        for shorter in simpler_raw(piece) {
            let mut simple = step.clone();
            if let Some(send) = &mut simple.send {
                send.pieces[index] = shorter;
                all.push(simple);
            }
        }
    }
    if let Some(list) = step.list.as_ref().filter(|it| !it.query.is_empty()) {
        for (name, value) in &list.query {
            for shorter in shorter_texts(value) {
                let mut simple = step.clone();
                if let Some(list) = &mut simple.list {
                    list.query.insert(name.clone(), shorter);
                    all.push(simple);
                }
            }
        }
    }
    if let Some(value) = &step.authorization {
        all.extend(
            shorter_texts(value)
                .into_iter()
                .filter(|it| !it.is_empty())
                .map(|shorter| Step {
                    authorization: Some(shorter),
                    ..step.clone()
                }),
        );
    }
    all
}

fn simpler_upload(upload: &Upload, is_refused: bool, is_cut: bool) -> Vec<Upload> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Upload)| {
        let mut simple = upload.clone();
        change(&mut simple);
        all.push(simple);
    };
    if !upload.fields.is_empty() {
        with(&|it| it.fields.clear());
        let half = upload.fields.len() / 2;
        if half > 0 {
            with(&|it| it.fields = it.fields.clone().into_iter().take(half).collect());
        }
    }
    if upload.sent.is_some() && !is_cut {
        with(&|it| it.sent = None);
    }
    if upload.chunked {
        with(&|it| it.chunked = false);
    }
    if upload.kind_first {
        with(&|it| it.kind_first = false);
    }
    if is_refused {
        return all;
    }
    if upload.loaded.is_some() {
        with(&|it| (it.loaded, it.content) = (None, None));
    }
    for (given, clear) in [
        (
            upload.broken.is_some(),
            &(|it: &mut Upload| it.broken = None) as &dyn Fn(&mut Upload),
        ),
        (upload.kind.is_some(), &|it| it.kind = None),
        (upload.filename.is_some(), &|it| it.filename = None),
        (upload.media_type.is_some(), &|it| it.media_type = None),
        (upload.content_type.is_some(), &|it| it.content_type = None),
        (upload.as_text, &|it| it.as_text = false),
        (upload.no_file, &|it| it.no_file = false),
    ] {
        if given {
            with(clear);
        }
    }
    for shorter in upload.loaded.iter().flat_map(shorter_bytes) {
        with(&|it| it.loaded = Some(shorter.clone()));
    }
    for shorter in upload.filename.iter().flat_map(|it| shorter_texts(it)) {
        with(&|it| it.filename = Some(shorter.clone()));
    }
    for shorter in upload.kind.iter().flat_map(|it| shorter_texts(it)) {
        with(&|it| it.kind = Some(shorter.clone()));
    }
    all
}

fn simpler_request(request: &RawRequest) -> Vec<RawRequest> {
    let mut all = Vec::new();
    for (name, value) in &request.headers {
        let mut simple = request.clone();
        simple.headers.remove(name);
        all.push(simple);
        all.extend(shorter_texts(value).into_iter().map(|shorter| {
            let mut simple = request.clone();
            simple.headers.insert(name.clone(), shorter);
            simple
        }));
    }
    // The last segment, or the query.
    if let Some(at) = request.path.rfind(['/', '?']) {
        let (kept, tail) = request.path.split_at(at + 1);
        all.extend(shorter_texts(tail).into_iter().map(|shorter| RawRequest {
            path: format!("{kept}{shorter}"),
            ..request.clone()
        }));
    }
    all
}

/// Without one of its lines but the first, or with a long line made shorter.
fn simpler_raw(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut all = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 && !line.is_empty() {
            let mut fewer = lines.clone();
            fewer.remove(index);
            all.push(fewer.join("\n"));
        }
        if line.len() > 40 {
            for shorter in shorter_texts(line) {
                let mut shortened = lines.clone();
                shortened[index] = &shorter;
                all.push(shortened.join("\n"));
            }
        }
    }
    if lines.len() > 40 {
        let half = lines.len() / 2;
        all.insert(0, [&lines[..half / 2], &lines[half..]].concat().join("\n"));
    }
    all
}

/// Shorter forms of a text; of one that refers to something there are none.
fn shorter_texts(text: &str) -> Vec<String> {
    if text.contains("{{") || text.is_empty() {
        return Vec::new();
    }
    let letters: Vec<char> = text.chars().collect();
    let half = letters.len() / 2;
    let mut all = vec![
        letters[..half].iter().collect(),
        letters[half..].iter().collect::<String>(),
    ];
    // Where it is short, each letter might be the one.
    if (2..=24).contains(&letters.len()) {
        all.extend((0..letters.len()).map(|out| {
            let left = letters.iter().enumerate().filter(|(at, _)| *at != out);
            left.map(|(_, letter)| *letter).collect()
        }));
    }
    // A percent sign and what is left of its digits would be another thing.
    all.retain(|it| it.len() < text.len() && (!text.contains('%') || is_escaped(it)));
    all
}

fn is_escaped(text: &str) -> bool {
    let mut parts = text.split('%');
    parts.next();
    parts.all(|part| {
        part.as_bytes()
            .get(..2)
            .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Shorter forms of a file's content: without a half, a quarter, an eighth.
fn shorter_bytes(bytes: &Bytes) -> Vec<Bytes> {
    let mut all = Vec::new();
    for parts in [2, 4, 8] {
        let length = bytes.len().div_ceil(parts);
        if length == 0 {
            break;
        }
        for from in (0..bytes.len()).step_by(length) {
            let to = (from + length).min(bytes.len());
            all.push([&bytes[..from], &bytes[to..]].concat().into());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Expect;

    fn run<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(future)
    }

    fn step(upload: Upload, expect: Expect) -> Step {
        Step {
            upload: Some(upload),
            expect: Some(expect),
            ..Step::default()
        }
    }

    #[test]
    fn what_is_not_needed_goes() {
        let noisy = Upload {
            filename: Some("aaaa$bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.png".to_owned()),
            kind: Some("details_of_purchase".to_owned()),
            content: Some("x".to_owned()),
            loaded: Some(vec![7; 5000].into()),
            fields: [("a".to_owned(), "b".to_owned())].into(),
            chunked: true,
            ..Upload::default()
        };
        let robust = Expect {
            robust: true,
            ..Expect::default()
        };
        let steps = vec![step(Upload::default(), robust.clone()), step(noisy, robust)];
        let shrunk = run(shrink(steps, 500, async |steps: &[Step]| {
            let named = |step: &Step| step.upload.as_ref()?.filename.as_ref().map(|it| it.contains('$'));
            steps.iter().any(|step| named(step) == Some(true))
        }));
        assert_eq!(shrunk.steps.len(), 1);
        let left = shrunk.steps[0].upload.as_ref().expect("an upload");
        assert_eq!(left.filename.as_deref(), Some("$"));
        assert!(left.kind.is_none() && left.loaded.is_none() && left.fields.is_empty() && !left.chunked);
    }

    #[test]
    fn what_makes_a_refusal_due_stays_and_the_tries_are_kept_to() {
        let wrong = Upload {
            kind: Some("invoice".to_owned()),
            chunked: true,
            ..Upload::default()
        };
        let due = Expect {
            client_error: true,
            robust: true,
            ..Expect::default()
        };
        let shrunk = run(shrink(vec![step(wrong, due)], 100, async |_: &[Step]| true));
        let left = shrunk.steps[0].upload.as_ref().expect("an upload");
        assert_eq!((left.kind.as_deref(), left.chunked), (Some("invoice"), false));
        for most in [0, 1, 3] {
            let long = Upload {
                filename: Some("x".repeat(500)),
                ..Upload::default()
            };
            let shrunk = run(shrink(
                vec![step(long, Expect::default())],
                most,
                async |_: &[Step]| false,
            ));
            assert!(shrunk.tries <= most);
        }
    }

    #[test]
    fn bytes_and_heads_become_shorter() {
        let bytes: Bytes = (0..100).collect::<Vec<u8>>().into();
        assert!(shorter_bytes(&bytes).iter().all(|it| it.len() < 100));
        assert_eq!(shorter_bytes(&Bytes::new()), Vec::<Bytes>::new());
        for shorter in simpler_raw("GET / HTTP/1.1\nHost: {{host}}\nX: 1\n\n") {
            assert!(
                shorter.starts_with("GET / HTTP/1.1\n") && shorter.ends_with("\n\n"),
                "{shorter:?}"
            );
        }
        assert_eq!(shorter_texts("{{key/secret}}"), Vec::<String>::new());
        assert!(shorter_texts("%41%42").iter().all(|it| is_escaped(it)));
    }
}

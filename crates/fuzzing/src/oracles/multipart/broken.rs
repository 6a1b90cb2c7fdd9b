//! What was broken on purpose is found where it was broken.

use std::sync::OnceLock;

use arbitrary::{Arbitrary, Unstructured};
use rebuttal_multipart::{
    Breakage, ContentType, Limits, Malformed, Mode, Parser, ViolationId, malform as smallest,
};

use crate::generators::form::Written;
use crate::oracles::{cut, reading};

/// Breaks the form that is drawn from the input in one way, or takes the smallest request that breaks one rule, and
/// reads it.
///
/// # Panics
///
/// When a strict reader does not stop at the broken form with the violation and at the place that were predicted, or
/// an observing one says anything else of the smallest request than its violation at its span.
pub fn malform(input: &[u8]) {
    let mut u = Unstructured::new(input);
    let mut draw = || u.arbitrary::<u8>().unwrap_or_default();
    let (cuts, which) = (draw(), usize::from(draw()));
    if cuts & 1 == 0 {
        let written = Written::arbitrary(&mut u).expect("every input makes a form");
        broken(&written, Breakage::ALL[which % Breakage::ALL.len()], cuts >> 1);
    } else {
        let all = requests();
        exact(&all[which % all.len()], cuts >> 1);
    }
}

fn broken(written: &Written, breakage: Breakage, cuts: u8) {
    // The prediction is for forms that can be written.
    if written.form.to_vec(&written.boundary).is_err() {
        return;
    }
    let broken = written.form.to_broken(&written.boundary, breakage);
    assert_eq!(breakage.to_string().parse(), Ok(breakage));
    if cuts == 0 {
        assert_eq!(
            written.form.to_broken_vec(&written.boundary, breakage),
            broken.body
        );
    }
    let parser = || Parser::new(written.boundary, Mode::Strict, Limits::default());
    for chunks in [cut::whole(&broken.body), cut::chosen(&broken.body, cuts)] {
        let (mut said, stopped) = reading::said(parser(), chunks);
        said.extend(stopped);
        let error = said.pop().map(|it| (it.id, it.offset()));
        let wanted = Some((broken.violation, broken.offset));
        assert_eq!(error, wanted, "{breakage}: {}", broken.body.escape_ascii());
    }
}

/// All that can be broken by a request, in the smallest way.
fn requests() -> &'static [Malformed] {
    static REQUESTS: OnceLock<Vec<Malformed>> = OnceLock::new();
    REQUESTS.get_or_init(|| ViolationId::ALL.iter().filter_map(|id| smallest(*id)).collect())
}

fn exact(request: &Malformed, cuts: u8) {
    let announced = ContentType::read(&request.content_type, &Mode::Observe.into());
    let mut said = announced.diagnoses().to_vec();
    match announced.boundary() {
        Ok(boundary) => {
            let parser = Parser::new(*boundary, Mode::Observe, request.limits.clone());
            let parser = parser.expecting(request.content_length);
            let (told, stopped) = reading::said(parser, cut::chosen(&request.body, cuts));
            said.extend(told.into_iter().chain(stopped));
        }
        Err(error) => said.push(error),
    }
    let ids = said.iter().map(|it| it.id);
    let wanted = request.beside.iter().copied().chain([request.id]);
    assert!(ids.eq(wanted), "{:?} said {said:?}", request.id);
    let last = said.last().map(|it| (it.place, it.span.clone()));
    assert_eq!(
        last,
        Some((request.place, request.span.clone())),
        "{:?}",
        request.id
    );
}

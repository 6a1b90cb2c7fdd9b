//! The results for CI systems: `JUnit` XML, a test case a file.

use std::{fmt::Write, path::Path};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use rebuttal_conformance::report::junit_text;
use rebuttal_validate::Language;

use super::{human, read::Checked};

pub(super) fn suite() -> TestSuite {
    TestSuite::new("evidence")
}

pub(super) fn case(path: &Path, checked: &Checked, language: Language) -> TestCase {
    let mut told = None;
    let status = match checked {
        Checked::Unreadable(error) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(error.clone()).set_type("unreadable");
            status
        }
        Checked::Read { report, .. } => {
            let mut lines = String::new();
            for finding in &report.findings {
                let (severity, code) = (finding.severity.as_str(), finding.code.as_str());
                let _ = writeln!(lines, "{severity} {code}{}", human::sentence(finding));
                let _ = writeln!(lines, "  {}", finding.advice_in(language));
            }
            if let Some(finding) = report.rejection() {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                let (code, advice) = (finding.code.as_str(), finding.advice_in(language));
                status
                    .set_type(code)
                    .set_message(format!("{code}{}: {advice}", human::sentence(finding)))
                    .set_description(lines);
                status
            } else {
                told = Some(lines).filter(|lines| !lines.is_empty());
                TestCaseStatus::success()
            }
        }
    };
    let mut case = TestCase::new(human::name(path), status);
    case.set_classname("evidence");
    if let Some(lines) = told {
        case.set_system_out(lines);
    }
    case
}

pub(super) fn render(suite: TestSuite) -> String {
    let mut report = Report::new("rebuttal check");
    report.add_test_suite(suite);
    junit_text(&report)
}

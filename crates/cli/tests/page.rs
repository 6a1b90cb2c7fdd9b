//! The HTML report in a browser, where one is at hand.

mod running;

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use running::run;

/// The browser that is at hand.
fn browser() -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// What a browser makes of a page, with or without scripts; and what it complains of.
fn shown(browser: &Path, page: &str) -> (String, String) {
    let folder = tempfile::tempdir().expect("it works");
    let path = folder.path().join("page.html");
    fs::write(&path, page).expect("it works");
    let mut child = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("file://{}", path.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it works");
    let stderr = child.stderr.take().expect("it works");
    let complaints = thread::spawn(move || {
        let lines = BufReader::new(stderr).lines().map_while(Result::ok);
        lines
            .filter(|line| line.contains("CONSOLE"))
            .collect::<Vec<_>>()
            .join("\n")
    });
    let mut dom = String::new();
    child
        .stdout
        .take()
        .expect("it works")
        .read_to_string(&mut dom)
        .expect("it works");
    child.wait().expect("it works");
    (dom, complaints.join().expect("it works"))
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(browser) = browser() else {
        eprintln!("SKIPPED: no headless Chromium on this machine, the HTML report was not opened");
        return;
    };
    let folder = tempfile::tempdir().expect("it works");
    let arguments = [
        "conformance",
        "--only",
        "list/limit",
        "--only",
        "upload/png",
        "--mock-fault",
        "limit-off-by-one",
        "--report",
        "html",
    ];
    let (status, page, _) = run(folder.path(), &arguments);
    assert_eq!(status, 1);
    // A probe that the page's policy would refuse, and so one beside it: what the style and the script did is
    // written into the page.
    let policy = page.find("<meta http-equiv").expect("it works");
    let end = policy + page[policy..].find(">\n").expect("it works") + 2;
    let free = format!("{}{}", &page[..policy], &page[end..]);
    let probe = |steps: &str| {
        let script = format!(
            "<script>{{ const visible = (css) => [...document.querySelectorAll(css)].filter((it) => \
             it.checkVisibility()).length; let said = ''; {steps} \
             document.documentElement.dataset.said = said; }}</script></body>"
        );
        let (dom, complaints) = shown(&browser, &free.replace("</body>", &script));
        assert_eq!(complaints, "");
        let said = dom.split_once("data-said=\"").expect("the probe ran").1;
        said.split('"').next().expect("it works").to_owned()
    };
    let rows = "visible('.matrix tbody tr')";
    assert_eq!(probe(&format!("said = {rows};")), "2");
    assert_eq!(
        probe(&format!(
            "document.querySelector('#show-pass').click(); said = {rows} + ' ' + visible('.matrix');"
        )),
        "1 1",
        "a box that is not ticked hides rows, and a group without rows"
    );
    assert_eq!(
        probe(&format!(
            "const find = document.querySelector('#find'); find.value = 'LIMIT'; \
             find.dispatchEvent(new Event('input')); said = {rows};"
        )),
        "1"
    );
    assert_eq!(
        probe(
            "said = visible('.exchange pre'); document.querySelector('.exchange summary').click(); \
             said += ' ' + (visible('.exchange pre') > 0);"
        ),
        "0 true",
        "an exchange is folded, and unfolds"
    );
    // As it is: the policy lets the page's own script run, and nothing is refused or missing.
    let (dom, complaints) = shown(&browser, &page);
    assert_eq!(complaints, "");
    assert!(
        dom.contains("<fieldset class=\"scripted\">"),
        "the script ran under the policy"
    );
    // And one that is not ours does not run.
    let (dom, _) = shown(
        &browser,
        &page.replace("</body>", "<script>document.title = 'x'</script></body>"),
    );
    assert!(!dom.contains("<title>x</title>"));
}

//! What a browser is answered, from files that a test names.

use std::collections::BTreeMap;

use console::{Answer, Asked, File, Files, SECURITY_HEADERS, answer, build, embedded, is_of_console};

/// Files by name.
struct Built(BTreeMap<String, Vec<u8>>);

impl Files for Built {
    fn file(&self, name: &str) -> Option<File> {
        self.0.get(name).cloned().map(File::new)
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

const SCRIPT: &str = "/assets/main-Ab_3-x.js";

fn built() -> Built {
    let files = [
        ("index.html", "the page"),
        ("index.html.br", "the page, small"),
        ("assets/main-Ab_3-x.js", "a script"),
        ("assets/main-Ab_3-x.js.br", "a script, smaller"),
        ("assets/main-Ab_3-x.js.gz", "a script, small"),
        ("assets/worker-1.mjs", "a worker"),
        ("assets/.hidden", "nobody's"),
        ("secret", "nobody's"),
    ];
    Built(files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect())
}

fn asked(path: &str) -> Asked<'_> {
    Asked { path, accept_encoding: None, if_none_match: None }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut of_the_name = answer.headers.iter().filter(|(known, _)| *known == name);
    let found = of_the_name.next().map(|(_, value)| value.as_ref());
    assert!(of_the_name.next().is_none(), "{name} twice");
    found
}

#[test]
fn every_screen_is_the_same_page_and_is_asked_for_again_each_time() {
    for path in ["/", "/desk", "/station/leninsky", "/board", "/map"] {
        assert!(is_of_console(path), "{path}");
        let answer = answer(&built(), &asked(path));
        assert_eq!((answer.status, answer.body.as_ref()), (200, b"the page".as_slice()), "{path}");
        assert_eq!(header(&answer, "content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(header(&answer, "cache-control"), Some("no-cache"));
    }
}

#[test]
fn every_answer_says_what_a_page_may_do() {
    for path in ["/", "/station/leninsky", SCRIPT, "/assets/none.js"] {
        let answer = answer(&built(), &asked(path));
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(header(&answer, name), Some(value), "{path}");
        }
    }
    let (_, policy) =
        SECURITY_HEADERS.into_iter().find(|(name, _)| *name == "content-security-policy").unwrap();
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
}

#[test]
fn a_file_named_by_what_it_holds_is_kept_for_ever() {
    let answer = answer(&built(), &asked(SCRIPT));
    assert_eq!(header(&answer, "cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(header(&answer, "content-type"), Some("text/javascript; charset=utf-8"));
}

#[test]
fn who_has_it_already_is_sent_nothing() {
    let first = answer(&built(), &asked(SCRIPT));
    let tag = header(&first, "etag").unwrap().to_owned();
    let again = answer(&built(), &Asked { if_none_match: Some(&tag), ..asked(SCRIPT) });
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(header(&again, "etag"), Some(tag.as_str()));
    let compressed =
        answer(&built(), &Asked { if_none_match: Some(&tag), accept_encoding: Some("br"), ..asked(SCRIPT) });
    assert_eq!(compressed.status, 200, "what is encoded otherwise has another tag");
}

#[test]
fn the_smallest_that_the_browser_reads_is_sent() {
    let sent = |path, accept_encoding| {
        let answer = answer(&built(), &Asked { accept_encoding: Some(accept_encoding), ..asked(path) });
        assert_eq!(header(&answer, "vary"), Some("accept-encoding"));
        let encoding = header(&answer, "content-encoding").map(str::to_owned);
        (encoding, String::from_utf8(answer.body.to_vec()).unwrap())
    };
    assert_eq!(sent(SCRIPT, "gzip, br"), (Some("br".to_owned()), "a script, smaller".to_owned()));
    assert_eq!(sent(SCRIPT, "gzip"), (Some("gzip".to_owned()), "a script, small".to_owned()));
    assert_eq!(sent(SCRIPT, "br;q=0, zstd"), (None, "a script".to_owned()));
    assert_eq!(sent("/assets/worker-1.mjs", "br, gzip"), (None, "a worker".to_owned()));
    assert_eq!(sent("/", "br"), (Some("br".to_owned()), "the page, small".to_owned()));
}

#[test]
fn no_path_leads_to_a_file_that_is_not_the_pages() {
    let tricks = [
        "/assets/../secret",
        "/assets/..%2fsecret",
        "/assets/%2e%2e/secret",
        "/assets//secret",
        "/assets/..\\secret",
        "/assets/.hidden",
        "/assets/",
        "/assets/main-Ab_3-x.js.br",
        "/assets/main-Ab_3-x.js.gz",
        "/assets/none.js",
        "/assets/main-Ab_3-x.js\0",
    ];
    for path in tricks {
        let answer = answer(&built(), &asked(path));
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"), "{path}");
    }
}

#[test]
fn what_is_not_the_consoles_is_left_to_others() {
    let others = [
        "/secret",
        "/index.html",
        "/station/",
        "/station",
        "/station/a/b",
        "/desk/",
        "/kezek.watch.v1.W/W",
        "",
    ];
    for path in others {
        assert!(!is_of_console(path), "{path}");
    }
}

#[test]
fn another_file_is_another_build_and_the_same_files_are_the_same() {
    let first = build(&built());
    assert_eq!(first, build(&built()));
    let mut page = built();
    page.0.insert("index.html".to_owned(), b"another page".to_vec());
    let mut asset = built();
    asset.0.insert("assets/main-other.js".to_owned(), b"a script".to_vec());
    let mut beside = built();
    beside.0.insert("secret".to_owned(), b"another".to_vec());
    for other in [page, asset, beside] {
        assert_ne!(first, build(&other));
    }
}

#[test]
fn without_a_console_its_pages_say_how_to_get_it() {
    let none = Built(BTreeMap::new());
    let shown = answer(&none, &asked("/desk"));
    let text = String::from_utf8(shown.body.to_vec()).unwrap();
    assert!(shown.status == 200 && text.contains("cargo xtask run"), "{text}");
    assert_eq!(header(&shown, "cache-control"), Some("no-store"), "the next program may have it");
    assert_eq!((answer(&none, &asked(SCRIPT)).status, build(&none)), (404, None));
}

/// What is embedded depends on what was built; whatever it is, it holds together.
#[test]
fn what_is_embedded_is_whole() {
    let names = embedded().names();
    assert_eq!(names.is_empty(), build(embedded().as_ref()).is_none());
    for name in &names {
        assert!(embedded().file(name).is_some(), "{name}");
    }
}

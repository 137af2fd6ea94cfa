//! The web console on the port of the API: what a browser is served before anybody signs in.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use console::{File, Files, SECURITY_HEADERS};
use domain::directory::Titles;
use identity::Role;
use server::{Configuration, DemoHolder, Footing};

use crate::{
    node::Node,
    raw::{get, http},
};

/// A console of two files.
struct Built(BTreeMap<&'static str, &'static str>);

impl Files for Built {
    fn file(&self, name: &str) -> Option<File> {
        self.0.get(name).map(|text| File::new(text.as_bytes()))
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().map(ToString::to_string).collect()
    }
}

fn footing() -> Footing {
    let files = [("index.html", "the page"), ("assets/a-1.js", "a script"), ("assets/a-1.js.br", "small")];
    Footing { console: Arc::new(Built(files.into())), ..Footing::default() }
}

fn holder() -> DemoHolder {
    DemoHolder {
        role: Role::DutyOfficer,
        holder: "leninsky".to_owned(),
        title: Titles([("en".to_owned(), "Leninsky".to_owned())].into()),
        token: "a.demo.token".to_owned(),
    }
}

/// What a node answers to a request with these headers, each ending its line.
async fn asked(node: &Node, request: &str, headers: &str) -> String {
    let request = format!("{request} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
    String::from_utf8(http(node, request.as_bytes()).await.unwrap()).unwrap()
}

/// The value of a header of an answer.
fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(known, _)| *known == name))
        .map(|(_, value)| value)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn every_page_comes_with_what_it_may_do_and_needs_no_token() {
    let node = Node::start_on(footing()).await;
    for path in ["/", "/desk", "/station/leninsky", "/board", "/map"] {
        let answer = get(&node, path).await;
        assert!(answer.starts_with("HTTP/1.1 200") && body(&answer) == "the page", "{path}: {answer}");
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(header(&answer, name), Some(value), "{path}");
        }
    }
    let told = get(&node, "/console.json").await;
    assert_eq!(header(&told, "cache-control"), Some("no-store"));
    let told: serde_json::Value = serde_json::from_str(body(&told)).unwrap();
    assert!(told["build"].as_str().is_some_and(|build| !build.is_empty()), "{told}");
    assert_eq!(told.as_object().unwrap().len(), 1, "{told}");
}

#[tokio::test]
async fn a_file_is_sent_once_and_in_what_the_browser_reads() {
    let node = Node::start_on(footing()).await;
    let first = asked(&node, "GET /assets/a-1.js", "host: test\r\naccept-encoding: gzip, br\r\n").await;
    assert_eq!((header(&first, "content-encoding"), body(&first)), (Some("br"), "small"));
    let known = format!(
        "host: test\r\naccept-encoding: br\r\nif-none-match: {}\r\n",
        header(&first, "etag").unwrap()
    );
    let again = asked(&node, "GET /assets/a-1.js", &known).await;
    assert!(again.starts_with("HTTP/1.1 304") && body(&again).is_empty(), "{again}");
    let head = asked(&node, "HEAD /assets/a-1.js", "host: test\r\n").await;
    assert_eq!((header(&head, "content-length"), body(&head)), (Some("8"), ""));
    for path in ["/assets/none.js", "/assets/../index.html", "/assets/..%2findex.html"] {
        assert!(get(&node, path).await.starts_with("HTTP/1.1 404"), "{path}");
    }
}

#[tokio::test]
async fn every_other_path_and_method_stays_grpcs() {
    let node = Node::start_on(footing()).await;
    for request in ["GET /nothing", "GET /index.html", "GET /station/", "POST /desk", "DELETE /"] {
        let answer = asked(&node, request, "host: test\r\ncontent-length: 0\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{request}: {answer}");
    }
    let web = "host: test\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: 0\r\n";
    assert!(asked(&node, "POST /desk", web).await.contains("grpc-status: 16"), "no token");
}

#[tokio::test]
async fn whoever_looks_for_a_page_that_there_is_not_is_led_back() {
    let node = Node::start_on(footing()).await;
    let browser = "host: test\r\naccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
    for path in ["/nowhere", "/station/", "/station/leninsky/units"] {
        let answer = asked(&node, &format!("GET {path}"), browser).await;
        assert!(
            answer.starts_with("HTTP/1.1 404") && body(&answer).contains("href=\"/\""),
            "{path}: {answer}"
        );
        assert_eq!(header(&answer, "content-type"), Some("text/html; charset=utf-8"), "{path}");
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(header(&answer, name), Some(value), "{path}");
        }
    }
    assert_eq!(body(&asked(&node, "HEAD /nowhere", browser).await), "");
    let of_grpc = asked(&node, "GET /kezek.intake.v1.IntakeService/TakeCall", browser).await;
    assert!(of_grpc.starts_with("HTTP/1.1 400"), "{of_grpc}");
}

#[tokio::test]
async fn whom_one_can_be_is_told_in_a_demo_and_to_this_machine_alone() {
    let node = Node::start_on(Footing { demo: vec![holder()], ..footing() }).await;
    let own = asked(&node, "GET /console.json", "host: 127.0.0.1:7102\r\n").await;
    let told: serde_json::Value = serde_json::from_str(body(&own)).unwrap();
    let expected = serde_json::json!([{"role": "duty_officer", "holder": "leninsky", "title": {"en": "Leninsky"}, "token": "a.demo.token"}]);
    assert_eq!(told["demo"], expected);
    let other = asked(&node, "GET /console.json", "host: evil.example\r\n").await;
    assert!(other.starts_with("HTTP/1.1 200") && !other.contains("token"), "{other}");
    let passed_on = "host: 127.0.0.1:7102\r\nx-forwarded-for: 192.0.2.1\r\n";
    let passed_on = asked(&node, "GET /console.json", passed_on).await;
    assert!(passed_on.starts_with("HTTP/1.1 200") && !passed_on.contains("token"), "{passed_on}");
}

#[tokio::test]
async fn whom_one_can_be_is_told_to_nobody_where_others_reach_the_port() {
    let node = Node::start_so(
        |configuration| Configuration {
            listen: "0.0.0.0:0".parse().unwrap(),
            plaintext: true,
            ..configuration
        },
        Footing { demo: vec![holder()], ..footing() },
    )
    .await;
    let told = asked(&node, "GET /console.json", "host: 127.0.0.1\r\n").await;
    assert!(told.starts_with("HTTP/1.1 200") && !told.contains("token"), "{told}");
}

/// A node with a basemap of 100,000 bytes, the folder it lies in, and what it holds.
async fn node_with_basemap() -> (Node, tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bishkek.pmtiles");
    let content = format!("PMTiles\x03{}", "0123456789".repeat(10_000));
    std::fs::write(&file, &content).unwrap();
    let change = |configuration| Configuration { basemap: Some(file), ..configuration };
    (Node::start_so(change, footing()).await, folder, content)
}

#[tokio::test]
async fn a_part_of_the_basemap_is_read_without_the_whole() {
    let (node, _folder, content) = node_with_basemap().await;
    let told = get(&node, "/console.json").await;
    assert!(body(&told).contains("\"basemap\":\"/basemap.pmtiles\""), "{told}");
    let part = asked(&node, "GET /basemap.pmtiles", "host: test\r\nrange: bytes=8-17\r\n").await;
    assert!(part.starts_with("HTTP/1.1 206"), "{part}");
    let range = format!("bytes 8-17/{}", content.len());
    assert_eq!((header(&part, "content-range"), body(&part)), (Some(range.as_str()), "0123456789"));
    let large = asked(&node, "GET /basemap.pmtiles", "host: test\r\nrange: bytes=8-90007\r\n").await;
    assert_eq!(body(&large), &content[8..90_008], "more than is read at once");
    let none = asked(&node, "GET /basemap.pmtiles", "host: test\r\nrange: bytes=200000-\r\n").await;
    assert!(none.starts_with("HTTP/1.1 416"), "{none}");
    let head = asked(&node, "HEAD /basemap.pmtiles", "host: test\r\n").await;
    let length = content.len().to_string();
    assert_eq!((header(&head, "content-length"), body(&head)), (Some(length.as_str()), ""));
    let whole = get(&node, "/basemap.pmtiles").await;
    assert!(whole.starts_with("HTTP/1.1 200") && body(&whole) == content);
    let tag = header(&whole, "etag").unwrap();
    let same = format!("host: test\r\nrange: bytes=0-6\r\nif-range: {tag}\r\n");
    assert_eq!(body(&asked(&node, "GET /basemap.pmtiles", &same).await), "PMTiles");
    let other = "host: test\r\nrange: bytes=0-6\r\nif-range: \"another\"\r\n";
    assert!(asked(&node, "GET /basemap.pmtiles", other).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_basemap_that_cannot_be_used_keeps_nobody_from_starting() {
    let basemap = Some(PathBuf::from("no-such-file.pmtiles"));
    let node = Node::start_so(|configuration| Configuration { basemap, ..configuration }, footing()).await;
    assert!(!get(&node, "/console.json").await.contains("basemap"));
    assert!(get(&node, "/basemap.pmtiles").await.starts_with("HTTP/1.1 404"));
}

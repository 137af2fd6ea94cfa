//! An answer for a path of the console.

use std::borrow::Cow;

use crate::{
    asked::Asked,
    files::{COMPRESSED, File, Files, HASHED, PAGE, hexadecimal},
    headers::{SECURITY_HEADERS, media_type},
    is_page,
};

/// What is shown where no console was built into the program.
const WITHOUT_CONSOLE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Kezek</title>\n\
    <h1>Kezek answers here; its web console is not in this program</h1>\n\
    <p>The API is served on this port: gRPC and gRPC-Web. For the console, in a copy of the repository and with Node.js 20 \
    or newer:</p>\n<pre>cargo xtask run</pre>\n<p>builds it into the program and starts a centre to try it with. \
    To build the program alone:</p>\n\
    <pre>npm ci --prefix proto\ncd crates/console/web &amp;&amp; npm ci &amp;&amp; npm run generate &amp;&amp; npm run build\n\
    cargo build --release --package kezek --features console</pre>\n</html>\n";

/// What is shown where there is no page. Whoever reads it has chosen no language here, so it says so in each.
const NOWHERE: &str = "<!doctype html>\n<html lang=\"ky\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>Kezek</title>\n<h1>Kezek</h1>\n\
    <p>Мындай барак жок. <a href=\"/\">Башына</a></p>\n\
    <p lang=\"ru\">Такой страницы нет. <a href=\"/\">В начало</a></p>\n\
    <p lang=\"uz-Latn\">Bunday sahifa yo‘q. <a href=\"/\">Boshiga</a></p>\n\
    <p lang=\"uz-Cyrl\">Бундай саҳифа йўқ. <a href=\"/\">Бошига</a></p>\n\
    <p lang=\"en\">There is no such page. <a href=\"/\">To the beginning</a></p>\n</html>\n";

/// Files that are named by what they hold never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The page is asked for again each time: it says which files belong to it.
const ASK_AGAIN: &str = "no-cache";

/// What a browser is answered. A request that asks for the head alone is answered with everything but the body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 200, 304 or 404.
    pub status: u16,
    /// Names in small letters, with their values.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body; empty with 304.
    pub body: Cow<'static, [u8]>,
}

impl Answer {
    fn new(status: u16, media_type: &'static str, cached: &'static str) -> Self {
        let mut headers: Vec<_> =
            SECURITY_HEADERS.into_iter().map(|(name, value)| (name, Cow::Borrowed(value))).collect();
        headers.push(("content-type", media_type.into()));
        headers.push(("cache-control", cached.into()));
        Self { status, headers, body: Cow::Borrowed(&[]) }
    }
}

/// Answers for a path [of the console](crate::is_of_console). One that names no file is answered with 404.
pub fn answer(files: &dyn Files, asked: &Asked<'_>) -> Answer {
    let Some(name) = name_of(asked.path) else { return not_there() };
    let Some(file) = files.file(name) else {
        return if name == PAGE { without_console() } else { not_there() };
    };
    let cached = if asked.path.starts_with(HASHED) { FOR_EVER } else { ASK_AGAIN };
    let (file, encoding) = encoded(files, asked, name).map_or((file, None), |(file, it)| (file, Some(it)));
    let tag = format!("\"{}\"", hexadecimal(&file.sha256));
    let status = if asked.has(&tag) { 304 } else { 200 };
    let mut answer = Answer::new(status, media_type(name), cached);
    answer.headers.push(("vary", "accept-encoding".into()));
    answer.headers.push(("etag", tag.into()));
    if let Some(encoding) = encoding {
        answer.headers.push(("content-encoding", encoding.into()));
    }
    if status == 200 {
        answer.body = file.bytes;
    }
    answer
}

/// Answers whoever looks for a page that there is not: with the way back, and 404.
pub fn nowhere() -> Answer {
    let mut answer = Answer::new(404, media_type(PAGE), "no-store");
    answer.body = Cow::Borrowed(NOWHERE.as_bytes());
    answer
}

/// The name of the file that a path is answered with. A path that leads anywhere else, by whatever trick, has none.
fn name_of(path: &str) -> Option<&str> {
    if is_page(path) {
        return Some(PAGE);
    }
    let name = path.strip_prefix('/').filter(|_| path.starts_with(HASHED))?;
    let is_usual = |letter: char| letter.is_ascii_alphanumeric() || "._-/".contains(letter);
    let is_hidden = name.split('/').any(|part| part.is_empty() || part.starts_with('.'));
    let is_compressed = COMPRESSED.iter().any(|(_, ending)| name.ends_with(ending));
    (name.chars().all(is_usual) && !is_hidden && !is_compressed).then_some(name)
}

/// The file in the first encoding that whoever asks can read and that was built.
fn encoded(files: &dyn Files, asked: &Asked<'_>, name: &str) -> Option<(File, &'static str)> {
    let accepted = COMPRESSED.into_iter().filter(|(encoding, _)| asked.accepts(encoding));
    accepted
        .into_iter()
        .find_map(|(encoding, ending)| Some((files.file(&format!("{name}{ending}"))?, encoding)))
}

fn not_there() -> Answer {
    let mut answer = Answer::new(404, "text/plain; charset=utf-8", "no-store");
    answer.body = Cow::Borrowed(b"there is no such file; load the page again\n");
    answer
}

fn without_console() -> Answer {
    let mut answer = Answer::new(200, media_type(PAGE), "no-store");
    answer.body = Cow::Borrowed(WITHOUT_CONSOLE.as_bytes());
    answer
}

//! What a browser is told beside each answer, so that a page can do what the console does and nothing else.

/// What a page may load and run. Everything comes from where the page came from, and nothing is written into the page:
/// no script, no style; Preact and MapLibre set styles through the object model, which needs no permission.
///
/// - `img-src`: `data:` for the icon of the page and MapLibre's buttons, which are in its style sheet; `blob:` for the
///   pictures that MapLibre decodes.
/// - `worker-src`: the shared worker that keeps the one stream, and MapLibre's.
/// - `frame-ancestors`: nobody shows the console inside a page of their own, to have a click land on a button of it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     worker-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// Of what a device can do, a wall screen needs the whole screen, to stay lit, and to sound.
const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(self), camera=(), display-capture=(), fullscreen=(self), \
     geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), \
     publickey-credentials-get=(), screen-wake-lock=(self), serial=(), usb=(), xr-spatial-tracking=()";

/// Told beside every answer, also that something is not there.
pub const SECURITY_HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", PERMISSIONS_POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What a file is, by how its name ends; a browser is told to believe it.
pub(crate) fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

//! The static server: shows dist/ to a developer's browser and to the browser tests.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, bail};
use axum::{
    Router,
    http::{
        HeaderValue,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL},
    },
};
use tokio::runtime::Runtime;
use tower_http::{services::ServeDir, set_header::SetResponseHeader};

/// Binds a port of this machine's loopback address; port 0 stands for any free one.
pub fn bind(port: u16) -> Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {port} is in use; choose another, for example `--port {}`",
                port.wrapping_add(1)
            )
        }
        result => result.with_context(|| format!("cannot listen on port {port}")),
    }
}

/// Serves a directory until the process ends.
pub fn serve(listener: TcpListener, directory: &Path, open: bool) -> Result<()> {
    let url = url(listener.local_addr()?);
    println!("\nServing at {url} (Ctrl+C stops it)");
    if open {
        open_browser(&url);
    }
    Runtime::new()?.block_on(answer(listener, app(directory)))
}

/// A server in the background. Dropping it ends it.
pub struct Server {
    /// Where it serves, without a slash at the end.
    pub url: String,
    _runtime: Runtime,
}

impl Server {
    /// Serves a directory on a free port.
    pub fn start(directory: &Path) -> Result<Self> {
        Self::start_with(directory, &[])
    }

    /// Serves other directories too, each under its own path such as `/npm`.
    pub fn start_with(directory: &Path, others: &[(&str, &Path)]) -> Result<Self> {
        let listener = bind(0)?;
        let url = url(listener.local_addr()?);
        let app = others
            .iter()
            .fold(app(directory), |app, (path, other)| app.nest_service(path, files(other)));
        let runtime = Runtime::new()?;
        runtime.spawn(async move {
            if let Err(error) = answer(listener, app).await {
                eprintln!("error: the static server stopped: {error:#}");
            }
        });
        Ok(Self { url, _runtime: runtime })
    }
}

fn app(directory: &Path) -> Router {
    Router::new().fallback_service(files(directory))
}

type Files = SetResponseHeader<SetResponseHeader<ServeDir, HeaderValue>, HeaderValue>;

/// Files as a static host sends them, compressed if the build left a compressed file. Nothing is
/// cached, so that a page of the last build never meets a worker of this one. Pages of any origin
/// may load them, as from GitHub Pages.
fn files(directory: &Path) -> Files {
    let uncached = SetResponseHeader::overriding(
        ServeDir::new(directory).precompressed_br(),
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache"),
    );
    SetResponseHeader::overriding(
        uncached,
        ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    )
}

async fn answer(listener: TcpListener, app: Router) -> Result<()> {
    listener.set_nonblocking(true)?;
    axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await?;
    Ok(())
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn open_browser(url: &str) {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/c", "start"]);
        command
    } else {
        Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" })
    };
    if let Err(error) = command.arg(url).spawn() {
        eprintln!("warning: no browser opened ({error}); open {url} yourself");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        io::{Read, Write},
        net::TcpStream,
    };

    fn get(url: &str, path: &str) -> Result<String> {
        get_as(url, path, "identity")
    }

    fn get_as(url: &str, path: &str, encodings: &str) -> Result<String> {
        let address = url.strip_prefix("http://").context("no address")?;
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: {encodings}\r\n\
             Connection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.to_lowercase())
    }

    #[test]
    fn wasm_is_served_with_its_type_and_never_from_a_stale_cache() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let directory = directory.path();
        fs::write(directory.join("index.html"), "<p>page")?;
        fs::write(directory.join("module.wasm"), "wasm")?;
        let server = Server::start(directory)?;
        let module = get(&server.url, "/module.wasm")?;
        let index = get(&server.url, "/?run=1")?;
        let missing = get(&server.url, "/missing")?;
        assert!(module.contains("content-type: application/wasm\r\n"), "{module}");
        assert!(module.contains("cache-control: no-cache\r\n"), "{module}");
        assert!(index.contains("content-type: text/html") && index.ends_with("<p>page"), "{index}");
        assert!(missing.starts_with("http/1.1 404"), "{missing}");
        Ok(())
    }

    #[test]
    fn directories_are_served_under_their_own_paths() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let directory = directory.path();
        let other = directory.join("other");
        fs::create_dir_all(&other)?;
        fs::write(directory.join("index.html"), "<p>page")?;
        fs::write(other.join("library.js"), "library")?;
        let server = Server::start_with(directory, &[("/npm", &other)])?;
        let (page, library) = (get(&server.url, "/")?, get(&server.url, "/npm/library.js")?);
        assert!(page.ends_with("<p>page"), "{page}");
        assert!(library.ends_with("library"), "{library}");
        assert!(library.contains("cache-control: no-cache\r\n"), "{library}");
        Ok(())
    }

    #[test]
    fn browsers_that_take_brotli_get_compressed_files() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let directory = directory.path();
        fs::write(directory.join("module.wasm"), "plain")?;
        fs::write(directory.join("module.wasm.br"), "compressed")?;
        let server = Server::start(directory)?;
        let taken = get_as(&server.url, "/module.wasm", "gzip, br")?;
        let not_taken = get_as(&server.url, "/module.wasm", "gzip")?;
        assert!(taken.ends_with("\r\n\r\ncompressed"), "{taken}");
        assert!(taken.contains("content-encoding: br\r\n"), "{taken}");
        assert!(taken.contains("content-type: application/wasm\r\n"), "{taken}");
        assert!(not_taken.ends_with("\r\n\r\nplain"), "{not_taken}");
        Ok(())
    }

    #[test]
    fn a_busy_port_names_the_option_to_change_it() -> Result<()> {
        let busy = bind(0)?;
        let port = busy.local_addr()?.port();
        let error = bind(port).expect_err("the port is taken").to_string();
        assert!(
            error.contains(&format!("port {port} is in use")) && error.contains("--port"),
            "{error}"
        );
        Ok(())
    }
}

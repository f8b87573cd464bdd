//! Figures in frames of other pages: the element, the messages, and what frames share.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser, setting};
use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};

/// A run of a second or two.
const SHORT: &str = "p=11&width=16&seeds=2&steps=300&backend=cpu&speed=max";

/// A run that memorises.
const MEMORISES: &str = "seeds=1&steps=200&backend=cpu&speed=max";

/// A run that no test waits for.
const LONG: &str = "seeds=1&steps=1000000&backend=cpu&speed=max";

/// Serves one document at an origin of its own, until the tests end. `{page}` in it stands for the
/// page's address, `{here}` for that of the document.
fn host(html: &str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    let html = html.replace("{page}", &setting("TWO_PHASE_URL")).replace("{here}", &here);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            // A browser's request fits; what it asks for does not matter.
            let mut request = [0; 8192];
            if stream.read(&mut request).is_ok_and(|length| length > 0) {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
                            Connection: close\r\n";
                write!(stream, "{head}Content-Length: {}\r\n\r\n{html}", html.len()).ok();
            }
        }
    });
    here
}

/// A document that writes down what it hears: messages in `heard`, events of elements in `told`.
fn document(body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><link rel=icon href='data:,'>
         <title>Host</title><body style='margin: 0'>
         <script>
           window.heard = []; window.told = [];
           addEventListener('message', (event) => {{
             if (event.source !== window) heard.push(event.data);
           }});
           for (const name of ['ready', 'state', 'phase', 'done', 'error'])
             addEventListener(name, (event) => {{
               if (event.target.tagName === 'TWO-PHASE-FIGURE') told.push([name, event.detail]);
             }});
           window.ask = (type, fields, frame = document.querySelector('iframe')) =>
             new Promise((resolve) => {{
               const id = Math.random();
               addEventListener('message', ({{ data }}) => {{ if (data.id === id) resolve(data); }});
               frame.contentWindow.postMessage({{ twoPhase: 1, type, id, ...fields }}, '*');
             }});
         </script>{body}</html>"
    )
}

/// A document with elements, whose program is loaded from the page's origin.
fn with_elements(body: &str) -> String {
    document(&format!("<script type=module src='{{page}}/embed.js'></script>{body}"))
}

fn frame(query: &str) -> String {
    format!(
        "<iframe src='{{page}}/?embed=1&{query}' width=640 height=420 style='border:0'></iframe>"
    )
}

async fn open(html: &str) -> Browser {
    let browser = Browser::start(Adapter::None).await;
    browser.client.goto(&host(html)).await.unwrap();
    browser
}

/// Waits until an expression of the host is true.
async fn wait(browser: &Browser, expression: &str, seconds: u64) {
    let start = Instant::now();
    while browser.script(&format!("return Boolean({expression})")).await != true {
        if start.elapsed() > Duration::from_secs(seconds) {
            let heard = browser.script("return JSON.stringify([heard.slice(-5), told])").await;
            panic!("not within {seconds} s: {expression}; heard {heard}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Enters the frame that an expression of the host gives.
async fn enter(browser: &Browser, expression: &str) {
    browser.client.enter_parent_frame().await.unwrap();
    let found = browser.script(&format!("return {expression}")).await;
    let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
    let element = Element::from_element_id(browser.client.clone(), ElementRef::from(id));
    element.enter_frame().await.unwrap();
}

async fn leave(browser: &Browser) {
    browser.client.enter_parent_frame().await.unwrap();
}

const FIGURE: &str = "document.querySelector('two-phase-figure')";
const SHADOW: &str =
    "document.querySelector('two-phase-figure').shadowRoot.querySelector('iframe')";

fn attributes(query: &str) -> String {
    query.split('&').map(|pair| format!(" {}'", pair.replace('=', "='"))).collect()
}

#[tokio::test]
async fn the_element_plays_tells_and_answers_across_origins() {
    let figure = format!("<two-phase-figure{}></two-phase-figure>", attributes(MEMORISES));
    let browser = open(&with_elements(&figure)).await;
    wait(&browser, "told.some(([name]) => name === 'ready')", 20).await;
    let seek = browser.script(&format!("return {FIGURE}.seek(3).catch((e) => e.message)")).await;
    assert!(seek.as_str().unwrap().starts_with("Nothing has been trained yet"), "{seek}");
    browser.script(&format!("return {FIGURE}.play()")).await;
    wait(&browser, "told.some(([name]) => name === 'done')", 60).await;
    let told = browser.script("return told").await;
    let names: Vec<&str> =
        told.as_array().unwrap().iter().map(|event| event[0].as_str().unwrap()).collect();
    assert_eq!(names.first(), Some(&"ready"));
    assert_eq!(told[0][1]["version"], 1);
    let memorised = told.as_array().unwrap().iter().find(|event| event[0] == "phase").unwrap();
    assert_eq!(memorised[1]["phase"], "memorised");
    let report = browser.script(&format!("return {FIGURE}.report()")).await;
    assert_eq!(report["members"].as_array().unwrap().len(), 1);
    assert_eq!(report["configurations"][0]["phases"][0]["step"], memorised[1]["step"]);
    let sought = browser.script(&format!("return {FIGURE}.seek(101)")).await;
    assert!((99..=103).contains(&sought["step"].as_u64().unwrap()), "{sought}");
    let state = browser.script(&format!("return {FIGURE}.reset()")).await;
    assert_eq!((&state["state"], &state["step"]), (&json!("ready"), &json!(0)));
    browser.script(&format!("return {FIGURE}.step()")).await;
    wait(&browser, "told.at(-1)[1].state === 'paused'", 20).await;
    browser.close().await;
}

#[tokio::test]
async fn the_element_gives_pictures_of_its_charts() {
    let figure = format!("<two-phase-figure{}></two-phase-figure>", attributes(SHORT));
    let browser = open(&with_elements(&figure)).await;
    wait(&browser, "told.some(([name]) => name === 'ready')", 20).await;
    browser.script(&format!("return {FIGURE}.play()")).await;
    wait(&browser, "told.some(([name]) => name === 'done')", 60).await;
    let svg = format!(
        "return {FIGURE}.toBlob({{ format: 'svg' }}).then(async (blob) => [blob.type, \
         new DOMParser().parseFromString(await blob.text(), blob.type).documentElement.nodeName])"
    );
    assert_eq!(browser.script(&svg).await, json!(["image/svg+xml", "svg"]));
    let widths = format!(
        "const width = async (options) => {{ const blob = await {FIGURE}.toBlob(options); \
         return [blob.type, (await createImageBitmap(blob)).width] }}; \
         return (async () => [await width(), await width({{ format: 'png', scale: 4 }})])()"
    );
    let found = browser.script(&widths).await;
    let [usual, large] = [0, 1].map(|index| found[index][1].as_u64().unwrap());
    assert_eq!((&found[0][0], large), (&json!("image/png"), 2 * usual), "{found}");
    let bad = format!("return {FIGURE}.toBlob({{ format: 'gif' }}).catch((e) => e.message)");
    assert_eq!(browser.script(&bad).await, "The request “picture” needs a format: png or svg.");
    browser.close().await;
}

#[tokio::test]
async fn set_sets_nothing_but_settings() {
    let figure = format!("<two-phase-figure{}></two-phase-figure>", attributes(SHORT));
    let browser = open(&with_elements(&figure)).await;
    // Before it is ready it waits, and tells what it did not take.
    let set =
        format!("return {FIGURE}.set('onclick=alert(1)&style=top:0&id=other&a b=1&wd=2&nope=1')");
    let notices = browser.script(&set).await["notices"].clone();
    let notices: Vec<&str> = notices.as_array().unwrap().iter().flat_map(Value::as_str).collect();
    for name in ["“onclick” is no", "“style” is no", "“id” is no", "“a b” is no", "nope"]
    {
        assert!(notices.iter().any(|notice| notice.contains(name)), "{name}: {notices:?}");
    }
    let kept =
        format!("return ['onclick', 'style', 'id', 'wd'].map((n) => {FIGURE}.getAttribute(n))");
    assert_eq!(browser.script(&kept).await, json!([null, null, null, "2"]));
    // What cannot be sent is refused, and the rest goes on.
    let odd = format!("return {FIGURE}.toBlob({{ format: () => 1 }}).catch((e) => e.name)");
    assert_eq!(browser.script(&odd).await, "DataCloneError");
    // A frame that is loaded again is given the settings again.
    let count = "return told.filter(([name]) => name === 'ready').length";
    enter(&browser, &format!("{FIGURE}.shadowRoot.querySelector('iframe')")).await;
    browser.script("setTimeout(() => location.reload(), 50)").await;
    leave(&browser).await;
    wait(&browser, &format!("({}) > 1", &count["return ".len()..]), 20).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.script(&format!("return {FIGURE}.play()")).await;
    let report = browser.script(&format!("return {FIGURE}.report()")).await;
    assert!(report["query"].as_str().unwrap().contains("wd=2"), "{}", report["query"]);
    browser.close().await;
}

#[tokio::test]
async fn attributes_and_set_change_the_run_of_the_element() {
    let figure = format!("<two-phase-figure{}></two-phase-figure>", attributes(SHORT));
    let browser = open(&with_elements(&figure)).await;
    wait(&browser, "told.length", 20).await;
    let query = format!("return {FIGURE}.report().then((report) => report.query)");
    let has = async |part: &str| browser.script(&query).await.as_str().unwrap().contains(part);
    assert!(!has("wd=").await);
    browser.script(&format!("{FIGURE}.setAttribute('wd', 3)")).await;
    assert!(has("wd=3").await);
    let answer = browser.script(&format!("return {FIGURE}.set('wd=2&lr=fast')")).await;
    let notices = answer["notices"].as_array().unwrap();
    assert!(notices.len() == 1 && notices[0].as_str().unwrap().contains("fast"), "{answer}");
    assert!(has("wd=2").await);
    assert_eq!(browser.script(&format!("return {FIGURE}.getAttribute('wd')")).await, "2");
    browser.script(&format!("{FIGURE}.removeAttribute('wd')")).await;
    assert!(!has("wd=").await);
    // Another figure is another page in the frame.
    browser.script(&format!("{FIGURE}.setAttribute('figure', 'push')")).await;
    wait(&browser, "told.filter(([name]) => name === 'ready').length === 2", 20).await;
    enter(&browser, SHADOW).await;
    assert_eq!(browser.text("#embed h1").await, "What pushes it?");
    browser.close().await;
}

#[tokio::test]
async fn the_element_follows_the_colours_of_its_page() {
    let figure = "<style>html { color-scheme: light }</style><two-phase-figure></two-phase-figure>";
    let browser = open(&with_elements(figure)).await;
    wait(&browser, "told.length", 20).await;
    let paper = "return getComputedStyle(document.documentElement).backgroundColor";
    enter(&browser, SHADOW).await;
    let light = browser.script(paper).await;
    assert_eq!(browser.attribute("data-theme").await, "light");
    leave(&browser).await;
    browser.script("document.documentElement.style.colorScheme = 'dark'").await;
    enter(&browser, SHADOW).await;
    let start = Instant::now();
    while browser.attribute("data-theme").await != "dark" {
        assert!(start.elapsed() < Duration::from_secs(5), "the theme does not follow");
    }
    assert_ne!(browser.script(paper).await, light);
    leave(&browser).await;
    browser.script(&format!("{FIGURE}.setAttribute('theme', 'light')")).await;
    enter(&browser, SHADOW).await;
    while browser.attribute("data-theme").await != "light" {
        assert!(start.elapsed() < Duration::from_secs(10), "the attribute does not hold");
    }
    browser.close().await;
}

#[tokio::test]
async fn a_frame_as_high_as_it_asks_for_never_scrolls() {
    for figure in ["", "figure='push'", "figure='gap' hide='links'", "preset='digits-measured'"] {
        let element = format!("<two-phase-figure height=auto {figure}></two-phase-figure>");
        let browser = open(&with_elements(&element)).await;
        wait(&browser, "heard.some((message) => message.type === 'height')", 20).await;
        for width in [300, 400, 500, 600, 700, 800, 900] {
            leave(&browser).await;
            browser.script(&format!("{FIGURE}.style.width = '{width}px'")).await;
            enter(&browser, SHADOW).await;
            let start = Instant::now();
            loop {
                let sizes = "const { scrollHeight, scrollWidth } = document.documentElement;
                             return [scrollHeight - innerHeight, scrollWidth - innerWidth]";
                tokio::time::sleep(Duration::from_millis(100)).await;
                let over = browser.script(sizes).await;
                if over == json!([0, 0]) {
                    break;
                }
                assert!(start.elapsed() < Duration::from_secs(5), "{figure} at {width}: {over}");
            }
        }
        browser.close().await;
    }
}

#[tokio::test]
async fn the_usual_sizes_hold_title_buttons_and_settings_at_every_moment() {
    for (width, height) in [(640, 420), (400, 400), (300, 500), (400, 500), (900, 500)] {
        let frame =
            frame(SHORT).replace("640", &width.to_string()).replace("420", &height.to_string());
        let browser = open(&document(&frame)).await;
        wait(&browser, "heard.some((message) => message.type === 'ready')", 20).await;
        let fits = async |moment: &str| {
            enter(&browser, "document.querySelector('iframe')").await;
            let script =
                "const low = (name) => document.querySelector(name).getBoundingClientRect();
                const seen = ['.embed .figure-title', '.embed [data-part=play]',
                    '.embed [data-part=settings-line]', '.embed [data-part=full-page]'].map(low);
                const { scrollHeight, scrollWidth } = document.documentElement;
                const buttons = ['[data-part=play]', '[data-part=full-page]', '[data-part=share]'];
                return [scrollHeight, scrollWidth,
                    seen.every(({ height, bottom }) => height > 0 && bottom <= innerHeight),
                    Math.min(...buttons.map((name) => low(`.embed ${name}`).height))]";
            let found = browser.script(script).await;
            assert_eq!(found[0], height, "height at {width} by {height}, {moment}");
            assert_eq!(found[1], width, "width at {width} by {height}, {moment}");
            assert_eq!(found[2], true, "in sight at {width} by {height}, {moment}");
            assert!(found[3].as_f64().unwrap() >= 40.0, "a target of {} pixels", found[3]);
            leave(&browser).await;
        };
        fits("ready").await;
        browser.script("return ask('play')").await;
        wait(&browser, "heard.some((message) => message.type === 'done')", 60).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        fits("done").await;
        browser.close().await;
    }
}

#[tokio::test]
async fn messages_of_another_shape_or_another_window_are_ignored() {
    let intruder = "<iframe id=other src=\"data:text/html,<script>setInterval(() => \
                    parent.frames[0].postMessage({twoPhase: 1, type: 'play', id: 1}, '*'), 20)\
                    </script>\"></iframe>";
    let browser = open(&document(&(frame(SHORT) + intruder))).await;
    wait(&browser, "heard.some((message) => message.type === 'ready')", 20).await;
    let script = "const to = document.querySelector('iframe').contentWindow;
        for (const message of ['play', 1, null, [], { type: 'play' }, { twoPhase: 2, type: 'play' },
            { twoPhase: '1', type: 'play' }, { twoPhase: 1 }, { twoPhase: 1, type: ['play'] },
            { twoPhase: 1, type: { toString: 'play' } }, new ArrayBuffer(8)]) to.postMessage(message, '*')";
    browser.script(script).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = browser.script("return ask('state')").await;
    assert_eq!(answer["error"], "This figure does not know the request “state”.");
    for (kind, fields) in [
        ("seek", "{ step: 'one' }"),
        ("seek", "{ step: -1 }"),
        ("set", "{ query: 3 }"),
        ("theme", "{ theme: 'pink' }"),
    ] {
        let answer = browser.script(&format!("return ask('{kind}', {fields})")).await;
        assert!(answer["error"].as_str().is_some_and(|text| text.contains(kind)), "{answer}");
    }
    let state = browser.script("return ask('reset')").await;
    assert_eq!(state["value"]["state"], "ready", "nothing but its host starts a figure");
    let heard = browser.script("return heard").await;
    let answers = heard.as_array().unwrap().iter().filter(|message| message["type"] == "answer");
    assert_eq!(answers.count(), 6, "{heard}");
    browser.close().await;
}

#[tokio::test]
async fn ten_thousand_messages_take_less_than_a_twentieth_of_a_second() {
    let browser = open(&document(&frame(SHORT))).await;
    wait(&browser, "heard.some((message) => message.type === 'ready')", 20).await;
    enter(&browser, "document.querySelector('iframe')").await;
    // What the browser takes for an event that nobody hears is not counted.
    let script = "const time = (name, data) => {
            const start = performance.now();
            for (let i = 0; i < 10000; i++)
                dispatchEvent(new MessageEvent(name, { source: parent, data }));
            return (performance.now() - start) / 1000;
        };
        const extra = () => time('message', { hello: 'there' }) - time('nothing', { hello: 'there' });
        return Math.min(...Array.from({ length: 5 }, extra))";
    let seconds = browser.script(script).await.as_f64().unwrap();
    assert!(seconds < 0.05, "10,000 messages took {seconds} seconds");
    leave(&browser).await;
    // The messages of that second are over.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let answers = "return (async () => {
            const answers = [];
            for (let i = 0; i < 300; i++) ask('pause').then((answer) => answers.push(answer));
            await new Promise((done) => setTimeout(done, 500));
            return answers;
        })()";
    let answers = browser.script(answers).await;
    let (refused, carried_out): (Vec<&Value>, Vec<&Value>) =
        answers.as_array().unwrap().iter().partition(|answer| answer["error"].is_string());
    assert_eq!((refused.len(), carried_out.len()), (1, 200));
    browser.close().await;
}

#[tokio::test]
async fn ten_figures_start_no_worker_before_one_is_played() {
    let frames: String = (0..10).map(|seed| frame(&format!("{LONG}&seed={seed}"))).collect();
    let browser = open(&document(&frames)).await;
    wait(&browser, "heard.filter((message) => message.type === 'ready').length === 10", 60).await;
    let workers = async || {
        let mut workers = Vec::new();
        for index in 0..10 {
            enter(&browser, &format!("document.querySelectorAll('iframe')[{index}]")).await;
            let held = browser.script("return window.twoPhase.held().workers").await;
            workers.push(held.as_u64().unwrap());
            leave(&browser).await;
        }
        workers
    };
    assert_eq!(workers().await, [0; 10]);
    browser.script("return ask('play')").await;
    wait(&browser, "heard.some((message) => message.state === 'running')", 30).await;
    let mut expected = [0; 10];
    expected[0] = 1;
    assert_eq!(workers().await, expected, "one network, one worker");
    browser.close().await;
}

#[tokio::test]
async fn a_third_frame_waits_until_another_pauses() {
    let frames = format!("{}{}{}", frame(LONG), frame(LONG), frame(LONG))
        .replace("width=640 height=420", "width=340 height=400");
    let browser = open(&document(&frames)).await;
    wait(&browser, "heard.filter((message) => message.type === 'ready').length === 3", 30).await;
    let state = async |index: usize| {
        enter(&browser, &format!("document.querySelectorAll('iframe')[{index}]")).await;
        let state = browser.attribute("data-state").await;
        leave(&browser).await;
        state
    };
    let reaches = async |index: usize, wanted: &str| {
        let start = Instant::now();
        loop {
            let state = state(index).await;
            if state == wanted {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "frame {index} is {state}");
        }
    };
    let ask = async |index: usize, kind: &str| {
        let frame = format!("document.querySelectorAll('iframe')[{index}]");
        browser.script(&format!("return ask('{kind}', {{}}, {frame})")).await;
    };
    for index in [0, 1] {
        ask(index, "play").await;
        reaches(index, "running").await;
    }
    ask(2, "play").await;
    reaches(2, "waiting").await;
    enter(&browser, "document.querySelectorAll('iframe')[2]").await;
    let status = browser.text(".embed [data-part=progress-text]").await;
    assert_eq!(status, "Waiting: other figures are training.");
    leave(&browser).await;
    ask(0, "pause").await;
    reaches(2, "running").await;
    // A frame that is taken away leaves its place too.
    ask(0, "play").await;
    reaches(0, "waiting").await;
    browser.script("document.querySelectorAll('iframe')[1].remove()").await;
    reaches(0, "running").await;
    browser.close().await;
}

#[tokio::test]
async fn a_figure_that_leaves_the_screen_pauses_and_goes_on() {
    let body = frame(LONG) + "<div style='height: 3000px'></div>";
    let browser = open(&document(&body)).await;
    wait(&browser, "heard.some((message) => message.type === 'ready')", 20).await;
    browser.script("return ask('play')").await;
    let last = "heard.findLast((message) => message.type === 'state')?.state";
    wait(&browser, &format!("{last} === 'running'"), 30).await;
    browser.script("scrollTo(0, 2000)").await;
    wait(&browser, &format!("{last} === 'paused'"), 10).await;
    enter(&browser, "document.querySelector('iframe')").await;
    browser
        .wait_for_text(".embed [data-part=progress-text]", "Paused, because it is out of sight.", 5)
        .await;
    leave(&browser).await;
    browser.script("scrollTo(0, 0)").await;
    wait(&browser, &format!("{last} === 'running'"), 10).await;
    // Its reader's own pause holds.
    browser.script("return ask('pause')").await;
    wait(&browser, &format!("{last} === 'paused'"), 10).await;
    browser.script("scrollTo(0, 2000)").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    browser.script("scrollTo(0, 0)").await;
    tokio::time::sleep(Duration::from_millis(1000)).await;
    assert_eq!(browser.script(&format!("return {last}")).await, "paused");
    browser.close().await;
}

#[tokio::test]
async fn autoplay_waits_for_sight() {
    let body =
        "<div style='height: 3000px'></div>".to_owned() + &frame(&format!("{SHORT}&autoplay=1"));
    let browser = open(&document(&body)).await;
    wait(&browser, "heard.some((message) => message.type === 'ready')", 20).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(browser.script("return heard.some(({ type }) => type === 'state')").await, false);
    browser.script("scrollTo(0, 3000)").await;
    wait(&browser, "heard.some((message) => message.type === 'done')", 60).await;
    browser.close().await;
}

#[tokio::test]
async fn every_section_can_be_embedded_and_another_name_is_said() {
    let browser = Browser::start(Adapter::None).await;
    browser.go_to("?embed=1&figure=nowhere").await;
    browser.wait_for(&["ready"], 20).await;
    browser
        .wait_for_text("#embed [data-part=notes]", "No section “nowhere” has a figure.", 5)
        .await;
    let ids = "return [...document.querySelectorAll('#article [id]:has([data-two-phase])')]
        .map((section) => [section.id, section.querySelector('h1, h2, h3').textContent])";
    let sections = browser.script(ids).await;
    let notes = browser.text("#embed [data-part=notes]").await;
    for section in sections.as_array().unwrap() {
        let id = section[0].as_str().unwrap();
        assert!(notes.contains(id), "{id}: {notes}");
        browser.go_to(&format!("?embed=1&figure={id}&hide=question")).await;
        browser.wait_for(&["ready"], 20).await;
        assert_eq!(browser.text("#embed h1").await, section[1].as_str().unwrap());
        let link = "return document.querySelector('#embed [data-part=full-page]').hash";
        assert_eq!(browser.script(link).await, format!("#{id}"));
    }
    assert!(sections.as_array().unwrap().len() >= 15);
    browser.close().await;
}

#[tokio::test]
async fn a_sandboxed_frame_without_an_origin_trains_and_tells() {
    // The page's server lets other origins read its files.
    let frame = frame(SHORT).replace("<iframe", "<iframe sandbox=allow-scripts");
    let browser = open(&document(&frame)).await;
    wait(&browser, "heard.some((message) => message.type === 'ready')", 20).await;
    browser.script("return ask('play')").await;
    wait(&browser, "heard.some((message) => message.type === 'done')", 60).await;
    browser.close().await;
}

#[tokio::test]
async fn a_forbidden_frame_leaves_the_poster_and_says_why() {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"frame-src 'none'\">";
    let poster =
        "<two-phase-figure><a href='https://example.org/'>The figure</a></two-phase-figure>";
    // A policy counts in the head only.
    let html = with_elements(poster).replace("<title>", &format!("{policy}<title>"));
    let browser = open(&html).await;
    let start = Instant::now();
    let text = format!("return {FIGURE}?.shadowRoot?.querySelector('p')?.textContent ?? ''");
    loop {
        let said: Value = browser.script(&text).await;
        if said.as_str().is_some_and(|text| text.contains("(frame-src)")) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(12), "no sentence");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let link = browser.client.find(fantoccini::Locator::Css("a")).await.unwrap();
    assert!(link.is_displayed().await.unwrap());
    let rejected = format!("return {FIGURE}.play().catch((error) => error.message)");
    let rejected = browser.script(&rejected).await;
    assert_eq!(rejected, "The figure did not answer within 10 seconds.");
    // The policy's refusal is on the console.
    browser.log().await;
    browser.close().await;
}

//! The view for a class: the lesson by keyboard alone, the count of hands, the codes of the seats.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where and stop")]

use std::time::{Duration, Instant};

use browser_tests::{Adapter, Browser};
use fantoccini::key::Key;
use serde_json::json;

/// Presses a key wherever the focus is, as a clicker does.
async fn press(browser: &Browser, key: &str) {
    browser.client.active_element().await.unwrap().send_keys(key).await.unwrap();
}

async fn forward(browser: &Browser) {
    press(browser, &String::from(char::from(Key::PageDown))).await;
}

async fn back(browser: &Browser) {
    press(browser, &String::from(char::from(Key::PageUp))).await;
}

async fn wait(browser: &Browser, seconds: u64, condition: &str) {
    let start = Instant::now();
    while browser.script(&format!("return Boolean({condition})")).await != true {
        let said = browser.text("[data-class=sentence]").await;
        assert!(
            start.elapsed() < Duration::from_secs(seconds),
            "not within {seconds} s: {condition}; {said}"
        );
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Waits for a screen with its sentence.
async fn see(browser: &Browser, beat: &str, sentence: &str) {
    wait(browser, 60, &format!("document.querySelector('#class').dataset.beat === '{beat}'")).await;
    browser.wait_for_text("[data-class=sentence]", sentence, 60).await;
}

async fn open(browser: &Browser, query: &str) {
    let size = json!({ "width": 1280, "height": 720, "deviceScaleFactor": 1, "mobile": false });
    browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
    browser.go_to(query).await;
    browser.wait_for(&["ready"], 30).await;
}

#[tokio::test]
async fn the_lesson_is_taken_by_keyboard_alone() {
    let browser = Browser::start(Adapter::None).await;
    open(&browser, "?view=class&speed=10s").await;
    see(&browser, "ask", "Will they ever get the other half?").await;
    for key in ["n", "s", "m", "m", "m", "z"] {
        press(&browser, key).await;
    }
    wait(
        &browser,
        5,
        "[...document.querySelectorAll('.answer output')].map((o) => o.textContent).join() === \
         '1,1,2'",
    )
    .await;
    forward(&browser).await;
    browser.wait_for(&["paused"], 60).await;
    see(&browser, "run", "Memorised: step 43, training set 99%, test set 0%.").await;
    assert_eq!(browser.attribute("data-backend").await, "cpu");
    forward(&browser).await;
    see(&browser, "predict", "What will the test set do?").await;
    browser.wait_for_text("[data-class=tally]", "Never 1, Soon 1, Much later 2", 5).await;
    press(&browser, "s").await;
    forward(&browser).await;
    browser.wait_for(&["done"], 60).await;
    see(&browser, "reveal", "They generalised 42 times later.").await;
    let range = browser
        .script(
            "const steps = twoPhase.report().members.map((member) => member.generalise_step);
             const ends = [Math.min(...steps), Math.max(...steps)];
             return ends.map((step) => step.toLocaleString('en')).join(' to ')",
        )
        .await;
    browser.wait_for_text("[data-class=tally]", "2 of 4 were right", 5).await;
    forward(&browser).await;
    see(&browser, "changed", "between step 43 and step 1,822?").await;
    // Back is where it was, and nothing trains again.
    back(&browser).await;
    see(&browser, "reveal", "42 times later").await;
    assert_eq!(browser.attribute("data-state").await, "done");
    forward(&browser).await;
    forward(&browser).await;
    see(&browser, "ask", "three times as much").await;
    forward(&browser).await;
    see(&browser, "reveal", "Sooner: at step 283 instead of 1,822.").await;
    // An earlier reveal trains its run again, to the end.
    for _ in 0..3 {
        back(&browser).await;
    }
    see(&browser, "reveal", "They generalised 42 times later.").await;
    for _ in 0..3 {
        forward(&browser).await;
    }
    see(&browser, "reveal", "Sooner").await;
    forward(&browser).await;
    see(&browser, "ask", "no weight decay at all").await;
    forward(&browser).await;
    see(&browser, "reveal", "They did not generalise in 4,000 steps.").await;
    forward(&browser).await;
    see(&browser, "ask", "nine tenths").await;
    forward(&browser).await;
    see(&browser, "reveal", "1.7 times later; before it was 42 times").await;
    forward(&browser).await;
    see(&browser, "collect", "Type in the codes").await;
    // What the lesson plan says, the lesson has shown.
    let plan =
        browser.script("return fetch('class/lesson.html').then((answer) => answer.text())").await;
    let range = range.as_str().unwrap();
    for number in ["step 43", "step 1,822", "42 times", "step 283", "1.7 times", range] {
        assert!(plan.as_str().unwrap().contains(number), "{number}");
    }
    browser.close().await;
}

#[tokio::test]
async fn the_plans_hold_the_steps_that_seats_find() {
    let browser = Browser::start(Adapter::None).await;
    let mut found = Vec::new();
    for seat in [1, 4, 27] {
        browser.go_to(&format!("?view=class&seat={seat}")).await;
        browser.wait_for(&["ready"], 30).await;
        press(&browser, " ").await;
        browser.wait_for(&["done"], 120).await;
        let member = &browser.report().await["members"][0];
        found.push(json!([seat, member["memorise_step"], member["generalise_step"]]));
    }
    for plan in ["lesson.html", "lesson.ja.html"] {
        // The seats of the table, and what the plan says wrongly of all of them.
        let read = format!(
            "return (async () => {{
                 const answer = await fetch('class/{plan}');
                 const plan = new DOMParser().parseFromString(await answer.text(), 'text/html');
                 const number = (cell) => Number(cell.textContent.replace(',', ''));
                 const seats = [...plan.querySelectorAll('.steps tbody th')].map((seat) =>
                     [seat, seat.nextSibling, seat.nextSibling.nextSibling].map(number));
                 const said = plan.querySelectorAll('table')[1].rows[9].cells[3].textContent;
                 const facts = [1, 2].flatMap((column) => {{
                     const steps = seats.map((seat) => seat[column]).sort((a, b) => a - b);
                     return [steps[0], steps[14], steps[29]];
                 }});
                 const words = facts.map((step) => step.toLocaleString('en'));
                 return [seats, words.filter((word) => !said.includes(word))];
             }})()"
        );
        let read = browser.script(&read).await;
        let seats = read[0].as_array().unwrap();
        assert_eq!((seats.len(), &read[1]), (30, &json!([])), "{plan}");
        for seat in &found {
            assert!(seats.contains(seat), "{plan}: {seat}");
        }
    }
    browser.close().await;
}

#[tokio::test]
async fn a_key_blanks_the_screen_and_brings_it_back() {
    let browser = Browser::start(Adapter::None).await;
    open(&browser, "?view=class").await;
    let shown = "return [getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('[data-class=sentence]')).visibility]";
    let before = browser.script(shown).await;
    for key in ["b", "."] {
        press(&browser, key).await;
        wait(&browser, 5, "document.body.classList.contains('blank')").await;
        assert_eq!(browser.script(shown).await, json!(["rgb(0, 0, 0)", "hidden"]));
        press(&browser, key).await;
        wait(&browser, 5, "!document.body.classList.contains('blank')").await;
        assert_eq!(browser.script(shown).await, before);
    }
    press(&browser, "b").await;
    wait(&browser, 5, "document.body.classList.contains('blank')").await;
    // The first press only brings it back.
    forward(&browser).await;
    wait(&browser, 5, "!document.body.classList.contains('blank')").await;
    see(&browser, "ask", "other half").await;
    browser.close().await;
}

#[tokio::test]
async fn type_is_large_enough_for_the_back_row() {
    let browser = Browser::start(Adapter::None).await;
    open(&browser, "?view=class").await;
    let small = "
        const found = [];
        for (const element of document.querySelectorAll('body *')) {
            const isText = (node) => node.nodeType === 3 && node.data.trim();
            const words = [...element.childNodes].some(isText);
            const shown = element.checkVisibility() && element.getClientRects().length;
            const size = parseFloat(getComputedStyle(element).fontSize);
            if (words && shown && size < 24) found.push(`${size} ${element.textContent}`);
        }
        return [found, document.documentElement.scrollHeight > innerHeight,
            document.documentElement.scrollWidth > innerWidth]";
    for _ in 0..12 {
        let found = browser.script(small).await;
        assert_eq!(found, json!([[], false, false]));
        forward(&browser).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn a_curve_is_drawn_with_the_mouse_and_kept_at_the_reveal() {
    let browser = Browser::start(Adapter::None).await;
    open(&browser, "?view=class&speed=max").await;
    forward(&browser).await;
    browser.wait_for(&["paused"], 60).await;
    forward(&browser).await;
    see(&browser, "predict", "What will").await;
    let grey = "const chart = document.querySelectorAll('[data-part=accuracy] canvas')[1];
        const { width, height } = chart;
        const pixels = chart.getContext('2d').getImageData(0, 0, width, height).data;
        let count = 0;
        for (let i = 0; i < pixels.length; i += 4) {
            const [r, g, b, a] = pixels.subarray(i, i + 4);
            if (a === 255 && r === 0x7d && g === 0x82 && b === 0x88) count += 1;
        }
        return count;";
    assert_eq!(browser.script(grey).await, 0);
    browser
        .script(
            "const canvas = document.querySelector('[data-part=accuracy] .canvas');
             const box = canvas.getBoundingClientRect();
             const send = (name, x, y) => canvas.dispatchEvent(new PointerEvent(name, {
                 clientX: box.left + x * box.width, clientY: box.top + y * box.height,
                 pointerId: 1, bubbles: true }));
             send('pointerdown', 0.5, 0.7);
             for (let i = 0; i < 20; i += 1) send('pointermove', 0.5 + i / 100, 0.7 - i / 50);
             send('pointerup', 0.7, 0.3);
             send('pointermove', 0.75, 0.3);",
        )
        .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let drawn = browser.script(grey).await.as_u64().unwrap();
    assert!(drawn > 1000, "{drawn}");
    forward(&browser).await;
    browser.wait_for(&["done"], 60).await;
    see(&browser, "reveal", "They generalised").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let kept = browser.script(grey).await.as_u64().unwrap();
    assert!(kept > drawn / 2, "{kept} of {drawn}");
    browser.close().await;
}

#[tokio::test]
async fn a_seat_runs_its_seed_and_its_code_is_collected() {
    let browser = Browser::start(Adapter::None).await;
    let size = json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true });
    browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
    browser.go_to("?view=class&seat=12").await;
    browser.wait_for(&["ready"], 30).await;
    assert_eq!(browser.text("[data-class=sentence]").await, "Seat 12: seed 12");
    press(&browser, " ").await;
    browser.wait_for(&["done"], 120).await;
    let report = browser.report().await;
    let members = report["members"].as_array().unwrap();
    assert_eq!((members.len(), &members[0]["seed"]), (1, &json!(12)));
    wait(&browser, 5, "document.querySelector('[data-class=code-value]').textContent").await;
    let words = browser.text("[data-class=sub]").await;
    assert_eq!(words, "Memorised at step 48, generalised at step 1,932.");
    let code = browser.text("[data-class=code-value]").await;
    assert_eq!(code.len(), 7, "{code}");
    let is_wide = "return document.documentElement.scrollWidth > innerWidth";
    assert_eq!(browser.script(is_wide).await, false);
    for paper in ["lesson.html", "lesson.ja.html", "exercise.html", "exercise.ja.html"] {
        browser.go_to(&format!("class/{paper}")).await;
        assert_eq!(browser.script(is_wide).await, false, "{paper}");
    }
    // The teacher's machine.
    open(&browser, "?view=class").await;
    for _ in 0..11 {
        forward(&browser).await;
    }
    see(&browser, "collect", "Type in the codes").await;
    // The field has the focus, so that letters of codes are no keys of the lesson.
    let field = browser.client.active_element().await.unwrap();
    field.send_keys("b").await.unwrap();
    let typed = "const field = document.querySelector('textarea'), { value } = field;
        field.value = '';
        return [value, document.body.classList.contains('blank')]";
    assert_eq!(browser.script(typed).await, json!(["b", false]));
    // Its last two characters change places.
    let mut swapped: Vec<char> = code.chars().collect();
    swapped.swap(5, 6);
    let swapped: String = swapped.into_iter().collect();
    field.send_keys(&format!("{}; {swapped}, 12", code.to_lowercase())).await.unwrap();
    browser.click("[data-do=take]").await;
    browser.wait_for_text("[data-class=sentence]", "1 network: memorised at step 48", 5).await;
    let left = browser.script("return document.querySelector('textarea').value").await;
    assert_eq!(left, format!("{swapped} 12"));
    let faults = "return [...document.querySelectorAll('[data-class=faults] li')].length";
    assert_eq!(browser.script(faults).await, 2);
    let dots = "return document.querySelectorAll('.collected circle, .collected rect').length";
    assert_eq!(browser.script(dots).await, 2);
    browser.close().await;
}

#[tokio::test]
async fn a_seat_deals_its_seed_in_every_view() {
    let browser = Browser::start(Adapter::None).await;
    for query in ["?seat=7", "?view=lab&seat=7"] {
        browser.go_to(query).await;
        browser.wait_for(&["ready"], 30).await;
        let experiment = browser.script("return twoPhase.report().experiment").await;
        assert_eq!((&experiment["seed"], &experiment["seeds"]), (&json!(7), &json!(1)), "{query}");
    }
    browser.close().await;
}

// Opens a report in Chromium and uses it as a reader would. Needs playwright-core and a Chromium:
//
//   npm install --prefix "$folder" playwright-core
//   NODE_PATH="$folder/node_modules" node .ci/browser-check.mjs run/report.html [screenshots/]
//
// CHROMIUM names the browser if it is not /usr/bin/chromium. Ends with 1, and what is wrong, if anything is.
import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {pathToFileURL} from "node:url";

const {chromium} = createRequire(import.meta.url)("playwright-core");
const [file, pictures] = process.argv.slice(2);
if (!file) {
  console.error("usage: node browser-check.mjs REPORT.html [FOLDER FOR SCREENSHOTS]");
  process.exit(2);
}
const url = pathToFileURL(resolve(file)).href;
const failures = [];
const check = (fine, message) => {
  if (!fine) failures.push(message);
};

// What the page holds, decoded here a second time, independently of the page's own script.
const json = /<script type="application\/json" id="lamella-data">(.*?)<\/script>/s.exec(readFileSync(file, "utf8"))[1];
const data = JSON.parse(json);
const blocks = JSON.parse(/<script type="application\/json" id="lamella-blocks">(.*?)<\/script>/s
  .exec(readFileSync(file, "utf8"))?.[1] ?? "[]");
const numbers = base64 => {
  const bytes = Buffer.from(base64, "base64");
  return Array.from({length: bytes.length / 4}, (_, i) => bytes.readFloatLE(4 * i));
};
const maps = data.maps.map(map => ({
  rows: data.models[map.rows],
  columns: data.models[map.columns],
  values: numbers(map.values),
  errors: map.errors && numbers(map.errors),
}));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

async function open(options) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  page.on("console", message =>
    ["error", "warning"].includes(message.type()) && failures.push(`console: ${message.text()}`));
  page.on("pageerror", error => failures.push(`script: ${error}`));
  page.on("request", request =>
    request.url() !== url && !/^(data|blob):/.test(request.url()) && failures.push(`loads ${request.url()}`));
  await page.goto(url);
  await page.waitForSelector("[data-geometry]", {timeout: 10000});
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
  return page;
}

const expected = (map, row, column) => {
  const value = map.values[row * map.columns.names.length + column];
  return Number.isNaN(value) ? "undefined" : value.toFixed(4).replace("-", "\u2212");
};

async function expectTip(page, map, row, column, how) {
  const text = await page.locator("#tip").innerText();
  const at = `${how}, row ${row}, column ${column}`;
  for (const part of [map.rows.names[row], map.columns.names[column], expected(map, row, column),
    map.rows.kinds[row], map.columns.shapes[column]]) {
    check(text.includes(part), `${at}: the tip does not tell "${part}" but "${text}"`);
  }
  const error = map.errors?.[row * map.columns.names.length + column];
  if (error >= 0.001) check(text.includes(`\u00b1 ${error.toFixed(4)}`), `${at}: no standard error in "${text}"`);
}

// The blocks that are outlined in a map: those of a model compared with itself.
function outlined(map) {
  return map.rows.name === map.columns.name ? blocks.find(one => one.model === map.rows.name)?.blocks ?? [] : [];
}

// Whether the outline of a block, two pixels to either side, is drawn over the corner of a cell that is looked at.
function touches(row, column, first, last, cell) {
  const reach = 3 / cell + 0.12, near = (at, edge) => Math.abs(at - edge) <= reach + 1;
  const within = at => at >= first - reach - 1 && at <= last + 1 + reach;
  return (within(row) && (near(column, first) || near(column, last + 1)))
    || (within(column) && (near(row, first) || near(row, last + 1)));
}

async function centre(page, number, row, column) {
  const box = page.locator(`[data-map="${number}"] .canvas`);
  const [left, top, cell] = (await box.getAttribute("data-geometry")).split(" ").map(Number);
  const height = maps[number].rows.names.length;
  return box.evaluate((node, place) => {
    const canvas = node.querySelector("canvas");
    node.scrollLeft = place[0] - node.clientWidth / 2;
    scrollBy(0, canvas.getBoundingClientRect().top + place[1] - innerHeight / 2);
    const frame = canvas.getBoundingClientRect();
    return {x: frame.left + place[0], y: frame.top + place[1]};
  }, [left + (column + 0.5) * cell, top + (height - 1 - row + 0.5) * cell]);
}

async function read() {
  const page = await open({colorScheme: "light"});
  check(await page.locator("[data-map]").count() === maps.length, "not every map has a figure");
  for (const [number, map] of maps.entries()) {
    const height = map.rows.names.length, width = map.columns.names.length;
    const cells = [[0, 0], [0, width - 1], [height - 1, 0], [height - 1, width - 1], [height >> 1, width >> 2]];
    for (const [row, column] of cells) {
      const {x, y} = await centre(page, number, row, column);
      await page.mouse.move(x, y);
      await expectTip(page, map, row, column, `mouse on map ${number}`);
    }
    // The picture itself, away from the middle of a cell, where a number may stand.
    const cell = Number((await page.locator(`[data-map="${number}"] .canvas`).getAttribute("data-geometry")).split(" ")[2]);
    const shades = await page.evaluate(([at, places, height]) => {
      const box = document.querySelector(`[data-map="${at}"] .canvas`), canvas = box.querySelector("canvas");
      const [left, top, cell] = box.dataset.geometry.split(" ").map(Number);
      const ratio = canvas.width / parseFloat(canvas.style.width);
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
      copy.drawImage(canvas, 0, 0);
      return places.map(([row, column]) => Array.from(copy.getImageData(
        Math.floor((left + (column + 0.12) * cell) * ratio),
        Math.floor((top + (height - 1 - row + 0.12) * cell) * ratio), 1, 1).data.slice(0, 3)));
    }, [number, cells, height]);
    const edges = outlined(map);
    let compared = 0;
    cells.forEach(([row, column], i) => {
      if (edges.some(([first, last]) => touches(row, column, first, last, cell))) return;
      compared++;
      const value = map.values[row * width + column];
      if (!(value >= data.low && value <= data.high)) return;
      const at = 6 * Math.min(255, Math.floor((value - data.low) / (data.high - data.low) * 256));
      const shade = [0, 2, 4].map(k => parseInt(data.colours.slice(at + k, at + k + 2), 16));
      check(shade.every((part, k) => Math.abs(part - shades[i][k]) <= 1),
        `map ${number}: cell ${row}, ${column} has colour ${shades[i]}, not ${shade}`);
    });
    for (const [first, last] of edges) {
      const seen = await page.evaluate(([at, first, last, height]) => {
        const box = document.querySelector(`[data-map="${at}"] .canvas`), canvas = box.querySelector("canvas");
        const [left, top, cell] = box.dataset.geometry.split(" ").map(Number);
        const ratio = canvas.width / parseFloat(canvas.style.width);
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
        copy.drawImage(canvas, 0, 0);
        return Array.from(copy.getImageData(Math.floor((left + (last + 1) * cell) * ratio),
          Math.floor((top + (height - (first + last + 1) / 2) * cell) * ratio), 1, 1).data.slice(0, 3));
      }, [number, first, last, height]);
      check([0, 121, 107].every((part, k) => Math.abs(part - seen[k]) <= 1),
        `map ${number}: the block from ${first} to ${last} is not outlined but ${seen}`);
    }
    check(compared >= 3, `map ${number}: outlines hide all but ${compared} of the cells looked at`);
  }
  await page.mouse.move(2, 2);
  check(await page.locator("#tip").isHidden(), "the tip stays when the mouse has left");

  await page.locator("[data-map='0'] button").focus();
  await page.keyboard.press("Tab");
  // Focus comes back to where the mouse was last.
  await expectTip(page, maps[0], maps[0].rows.names.length >> 1, maps[0].columns.names.length >> 2, "focus");
  await page.keyboard.press("Home");
  for (let i = 0; i < maps[0].rows.names.length + 12; i += 10) await page.keyboard.press("PageDown");
  await expectTip(page, maps[0], 0, 0, "keys to the origin");
  const up = Math.min(1, maps[0].rows.names.length - 1), right = Math.min(2, maps[0].columns.names.length - 1);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expectTip(page, maps[0], up, right, "arrow keys");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await expectTip(page, maps[0], 0, Math.max(0, right - 1), "arrow keys back");
  await page.keyboard.press("End");
  await expectTip(page, maps[0], 0, maps[0].columns.names.length - 1, "end");
  await page.keyboard.press("Escape");
  check(await page.locator("#tip").isHidden(), "Escape does not close the tip");

  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-map='0'] button").click()]);
  const lines = readFileSync(await download.path(), "utf8").trimEnd().split("\n");
  check(lines.length === 1 + maps[0].rows.names.length, `the CSV has ${lines.length} lines`);
  check(lines[0].startsWith("layer,"), `the CSV begins with ${lines[0].slice(0, 40)}`);
  const last = Number(lines.at(-1).split(",").at(-1));
  check(Object.is(Math.fround(last), maps[0].values.at(-1)), `the CSV ends with ${last}, not ${maps[0].values.at(-1)}`);
  if (pictures) {
    const {x, y} = await centre(page, 0, maps[0].rows.names.length >> 1, maps[0].columns.names.length >> 1);
    await page.mouse.move(x, y);
    await page.screenshot({path: join(pictures, "hover.png")});
    await page.mouse.move(2, 2);
    await page.screenshot({path: join(pictures, "light.png"), fullPage: true});
    await page.pdf({path: join(pictures, "print.pdf"), preferCSSPageSize: true});
  }

  const dark = await open({colorScheme: "dark", deviceScaleFactor: 2});
  const paper = await dark.evaluate(() => getComputedStyle(document.body).backgroundColor);
  check(/^rgb\((\d|[1-4]\d),/.test(paper), `the dark page is ${paper}`);
  if (pictures) await dark.screenshot({path: join(pictures, "dark.png"), fullPage: true});

  const phone = await open({viewport: {width: 400, height: 800}, deviceScaleFactor: 3, hasTouch: true});
  const overflow = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(overflow <= 0, `at 400 pixels the page is ${overflow} too wide`);
  const touched = await centre(phone, 0, 0, 0);
  await phone.touchscreen.tap(touched.x, touched.y);
  await expectTip(phone, maps[0], 0, 0, "touch");
  if (pictures) {
    await phone.screenshot({path: join(pictures, "touch.png")});
    await phone.screenshot({path: join(pictures, "narrow.png"), fullPage: true});
  }
}

try {
  await read();
} catch (error) {
  failures.push(`stopped: ${error.message.split("\n")[0]}`);
}
await browser.close();
if (failures.length > 0) {
  console.error(`${file}: ${failures.length} failures\n` + failures.slice(0, 20).join("\n"));
  process.exit(1);
}
console.log(`${file}: ${maps.length} maps read by mouse, keys and touch, light and dark; nothing loaded, no errors`);

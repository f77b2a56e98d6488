"use strict";
(() => {
  const data = JSON.parse(document.getElementById("lamella-data").textContent);
  const blocks = JSON.parse(document.getElementById("lamella-blocks")?.textContent ?? "[]");
  const tip = document.getElementById("tip");
  const palette = data.colours.match(/.{6}/g).map(rgb);
  const beyond = Object.fromEntries(Object.entries(data.beyond).map(([name, hex]) => [name, rgb(hex)]));
  const minus = text => text.replace("-", "\u2212");

  function rgb(hex) {
    return [0, 2, 4].map(at => parseInt(hex.slice(at, at + 2), 16));
  }

  function floats(base64) {
    const text = atob(base64);
    const bytes = Uint8Array.from(text, character => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float32Array.from({length: bytes.length / 4}, (_, i) => view.getFloat32(4 * i, true));
  }

  // The same rule as in the pictures: a millionth of the range beyond an end is rounding, more has its own colour.
  function place(value) {
    const slack = 1e-6 * (data.high - data.low);
    if (Number.isNaN(value)) return "undefined";
    if (value < data.low - slack) return "below";
    return value > data.high + slack ? "above" : "inside";
  }

  function colour(value) {
    const where = place(value);
    if (where !== "inside") return beyond[where];
    const fraction = Math.min(1, Math.max(0, (value - data.low) / (data.high - data.low)));
    return palette[Math.min(palette.length - 1, Math.floor(fraction * palette.length))];
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // ---- A heat map: layer 0 of the rows at the bottom, layer 0 of the columns at the left.

  const LABEL = 11, LINE = 13, TICK = 5, EDGE = 8, LARGEST_CELL = 46, ROOM_FOR_NUMBER = 32;

  class HeatMap {
    constructor(figure) {
      const map = data.maps[figure.dataset.map];
      this.rows = data.models[map.rows];
      this.columns = data.models[map.columns];
      this.height = this.rows.names.length;
      this.width = this.columns.names.length;
      this.values = floats(map.values);
      this.errors = map.errors ? floats(map.errors) : null;
      this.name = figure.querySelector(".name").textContent;
      this.kind = figure.dataset.kind;
      this.box = figure.querySelector(".canvas");
      this.canvas = this.box.querySelector("canvas");
      this.cursor = element("div", "cursor");
      this.guides = [element("div", "guide"), element("div", "guide")];
      this.box.append(...this.guides, this.cursor);
      this.leave();
      this.listen();
      figure.querySelector("[data-csv]").addEventListener("click", () => this.download());
      new ResizeObserver(() => this.draw()).observe(figure);
    }

    cells() {
      const canvas = element("canvas");
      canvas.width = this.width;
      canvas.height = this.height;
      const context = canvas.getContext("2d");
      const image = context.createImageData(this.width, this.height);
      this.values.forEach((value, i) => {
        const row = Math.floor(i / this.width), column = i % this.width;
        const at = 4 * ((this.height - 1 - row) * this.width + column);
        image.data.set([...colour(value), 255], at);
      });
      context.putImageData(image, 0, 0);
      return canvas;
    }

    draw(forPrint = false) {
      const style = getComputedStyle(document.documentElement);
      const ink = forPrint ? "#1d1d1f" : style.getPropertyValue("--ink");
      const quiet = forPrint ? "#5c5c62" : style.getPropertyValue("--quiet");
      const sans = style.getPropertyValue("--sans");
      const ratio = forPrint ? 3 : window.devicePixelRatio || 1;
      const context = this.canvas.getContext("2d");
      const available = this.box.clientWidth;
      context.font = `${LABEL}px ${sans}`;
      const longest = Math.min(170, 0.28 * available);
      const texts = layers => {
        const all = layers.names.map((name, i) => [name, "  " + layers.indices[i]]);
        const whole = all.every(parts => context.measureText(parts.join("")).width <= longest);
        return all.map(([name, index]) =>
          fitted(context, whole ? name : bare(name), longest - context.measureText(index).width) + index);
      };
      const widest = all => Math.max(...all.map(text => context.measureText(text).width));
      const snap = length => Math.round(length * ratio) / ratio;
      const rowTexts = texts(this.rows), columnTexts = texts(this.columns);
      this.left = snap(LINE + 8 + widest(rowTexts) + TICK + 3);
      this.top = snap(EDGE);
      const most = Math.min(LARGEST_CELL * ratio, Math.floor((available - this.left - EDGE) * ratio / this.width));
      this.cell = Math.max(Math.floor(ratio) || 1, Math.floor(most)) / ratio;
      const right = this.left + this.width * this.cell, bottom = this.top + this.height * this.cell;
      const width = Math.ceil(right + EDGE);
      const height = Math.ceil(bottom + TICK + 3 + widest(columnTexts) + 8 + LINE + 4);
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = width + "px";
      this.canvas.style.height = height + "px";
      // Where a cell is, for whoever looks from outside: left and top of the map, side of a cell, in pixels of the page.
      this.box.dataset.geometry = [this.left, this.top, this.cell].join(" ");

      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.imageSmoothingEnabled = false;
      this.image ??= this.cells();
      context.drawImage(this.image, this.left, this.top, this.width * this.cell, this.height * this.cell);
      if (this.cell >= 4) this.hatch(context);
      if (this.cell >= ROOM_FOR_NUMBER) this.writeNumbers(context, sans);
      if (this.rows === this.columns) this.outline(context);
      context.strokeStyle = quiet;
      context.lineWidth = 1 / ratio;
      context.strokeRect(this.left - 0.5 / ratio, this.top - 0.5 / ratio,
        this.width * this.cell + 1 / ratio, this.height * this.cell + 1 / ratio);

      context.font = `${LABEL}px ${sans}`;
      context.textBaseline = "middle";
      context.textAlign = "right";
      context.lineWidth = 1;
      for (const i of labelled(this.height, this.cell)) {
        const y = this.y(i) + this.cell / 2;
        line(context, this.left - TICK, y, this.left - 1, y);
        context.fillStyle = ink;
        context.fillText(rowTexts[i], this.left - TICK - 3, y);
      }
      for (const i of labelled(this.width, this.cell)) {
        const x = this.x(i) + this.cell / 2;
        line(context, x, bottom + 1, x, bottom + TICK);
        context.fillStyle = ink;
        upwards(context, x, bottom + TICK + 3, () => context.fillText(columnTexts[i], 0, 0));
      }
      context.font = `600 12px ${sans}`;
      context.textAlign = "center";
      context.fillText(fitted(context, this.columns.name, Math.max(right - this.left, 60)),
        (this.left + right) / 2, height - LINE / 2 - 2);
      upwards(context, LINE / 2, (this.top + bottom) / 2,
        () => context.fillText(fitted(context, this.rows.name, Math.max(bottom - this.top, 60)), 0, 0));
      this.mark();
    }

    hatch(context) {
      context.save();
      context.beginPath();
      this.values.forEach((value, i) => {
        if (Number.isNaN(value)) {
          context.rect(this.x(i % this.width), this.y(Math.floor(i / this.width)), this.cell, this.cell);
        }
      });
      context.clip();
      context.strokeStyle = "#" + data.beyond.hatch;
      context.lineWidth = 1;
      const width = this.width * this.cell, height = this.height * this.cell;
      if (this.values.some(Number.isNaN)) {
        for (let at = 0; at < width + height; at += 5) {
          line(context, this.left + at, this.top, this.left + at - height, this.top + height);
        }
      }
      context.restore();
    }

    writeNumbers(context, sans) {
      context.font = `${LABEL}px ${sans}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      this.values.forEach((value, i) => {
        if (Number.isNaN(value)) return;
        const [red, green, blue] = colour(value);
        context.fillStyle = 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#1d1d1f" : "#fff";
        context.fillText(minus(value.toFixed(2)), this.x(i % this.width) + this.cell / 2,
          this.y(Math.floor(i / this.width)) + this.cell / 2);
      });
    }

    // As in the pictures: light around dark.
    outline(context) {
      const found = blocks.find(one => one.model === this.rows.name) ?? {blocks: []};
      for (const [first, last] of found.blocks) {
        const side = (last + 1 - first) * this.cell;
        for (const [colour, width] of [["#fff", 4], ["#00796b", 2]]) {
          context.strokeStyle = colour;
          context.lineWidth = width;
          context.strokeRect(this.x(first), this.y(last), side, side);
        }
      }
    }

    x(column) {
      return this.left + column * this.cell;
    }

    y(row) {
      return this.top + (this.height - 1 - row) * this.cell;
    }

    // ---- The cursor, moved by mouse, touch and keys.

    listen() {
      const follow = event => {
        const frame = this.canvas.getBoundingClientRect();
        const column = Math.floor((event.clientX - frame.left - this.left) / this.cell);
        const row = this.height - 1 - Math.floor((event.clientY - frame.top - this.top) / this.cell);
        if (column < 0 || column >= this.width || row < 0 || row >= this.height) this.leave();
        else this.enter(row, column);
      };
      this.box.addEventListener("pointermove", follow);
      this.box.addEventListener("pointerdown", follow);
      this.box.addEventListener("pointerleave", event => event.pointerType !== "touch" && this.leave());
      this.box.addEventListener("blur", () => this.leave());
      this.box.addEventListener("scroll", () => this.at && this.showTip());
      this.box.addEventListener("focus", () => {
        if (this.box.matches(":focus-visible")) this.enter(...(this.last ?? [0, 0]));
      });
      this.box.addEventListener("keydown", event => {
        const [row, column] = this.at ?? this.last ?? [0, 0];
        const to = {
          ArrowUp: [row + 1, column], ArrowDown: [row - 1, column],
          ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
          PageUp: [row + 10, column], PageDown: [row - 10, column],
          Home: [row, 0], End: [row, this.width - 1],
        }[event.key];
        if (event.key === "Escape") this.leave();
        if (!to || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        const within = (at, length) => Math.min(length - 1, Math.max(0, at));
        this.enter(within(to[0], this.height), within(to[1], this.width));
        const x = this.x(this.at[1]), seen = this.box.clientWidth;
        if (x < this.box.scrollLeft || x + this.cell > this.box.scrollLeft + seen) this.box.scrollLeft = x - seen / 2;
        this.showTip();
      });
    }

    enter(row, column) {
      this.last = this.at = [row, column];
      HeatMap.active = this;
      this.mark();
      this.showTip();
    }

    leave() {
      this.at = null;
      this.mark();
      if (HeatMap.active === this || !HeatMap.active) tip.hidden = true;
    }

    mark() {
      for (const part of [this.cursor, ...this.guides]) part.hidden = !this.at;
      if (!this.at) return;
      const [row, column] = this.at, middle = this.cell / 2;
      const bottom = this.top + this.height * this.cell;
      set(this.cursor, this.x(column), this.y(row), this.cell, this.cell);
      set(this.guides[0], this.left - TICK - 2, this.y(row) + middle, TICK + 2, 1);
      set(this.guides[1], this.x(column) + middle, bottom, 1, TICK + 2);
    }

    showTip() {
      const [row, column] = this.at;
      const value = this.values[row * this.width + column];
      const error = this.errors ? this.errors[row * this.width + column] : NaN;
      const shown = element("div", "value", Number.isNaN(value) ? "undefined" : minus(value.toFixed(4)));
      if (!Number.isNaN(error)) {
        const digits = error === 0 || error >= 0.001 ? error.toFixed(4) : error.toPrecision(2);
        shown.append(element("span", "", ` \u00b1 ${digits}`));
      }
      tip.replaceChildren(shown, layer("row", this.rows, row), layer("column", this.columns, column));
      tip.hidden = false;
      const frame = this.canvas.getBoundingClientRect(), own = tip.getBoundingClientRect();
      const x = frame.left + this.x(column), y = frame.top + this.y(row), gap = 12;
      const beside = x + this.cell + gap + own.width <= innerWidth - 8 ? x + this.cell + gap : x - gap - own.width;
      const below = y + this.cell + gap + own.height <= innerHeight - 8 ? y + this.cell + gap : y - gap - own.height;
      tip.style.left = Math.max(8, Math.min(beside, innerWidth - own.width - 8)) + "px";
      tip.style.top = Math.max(8, below) + "px";
    }

    download() {
      const quote = text => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      const lines = [["layer", ...this.columns.names].map(quote).join(",")];
      this.rows.names.forEach((name, row) => {
        const numbers = this.values.subarray(row * this.width, (row + 1) * this.width);
        // Nine digits tell every float32 from its neighbours.
        lines.push([quote(name), ...Array.from(numbers, value => Number.isNaN(value) ? "NaN" : value.toPrecision(9))].join(","));
      });
      const link = element("a");
      link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], {type: "text/csv"}));
      link.download = `${this.kind} ${this.name}.csv`.replace(/[^\w.-]+/g, "-");
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }
  }

  function layer(side, layers, i) {
    const made = element("div", "layer");
    const text = element("span", "", `${layers.indices[i]}  ${layers.names[i]}`);
    text.append(element("small", "", `${layers.name}, ${layers.kinds[i]}, ${layers.shapes[i]}`));
    made.append(element("b", "", side), text);
    return made;
  }

  function set(part, left, top, width, height) {
    Object.assign(part.style, {left: left + "px", top: top + "px", width: width + "px", height: height + "px"});
  }

  function line(context, fromX, fromY, toX, toY) {
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
    context.stroke();
  }

  function upwards(context, x, y, write) {
    context.save();
    context.translate(x, y);
    context.rotate(-Math.PI / 2);
    write();
    context.restore();
  }

  // Without what ONNX exporters add to every name.
  function bare(name) {
    return name.replace(/^\//, "").replace(/_output_[0-9]+$/, "") || name;
  }

  // The text, or as much of its beginning and end as fits.
  function fitted(context, text, room) {
    const characters = Array.from(text);
    if (context.measureText(text).width <= room) return text;
    let shown = "\u2026";
    for (let kept = 1; kept < characters.length; kept++) {
      const head = Math.floor(kept / 3);
      const longer = characters.slice(0, head).join("") + "\u2026" + characters.slice(characters.length - kept + head).join("");
      if (context.measureText(longer).width > room) break;
      shown = longer;
    }
    return shown;
  }

  // The first layer, the last, and every k-th between them, k as small as leaves a line to each.
  function labelled(count, cell) {
    let step = 1;
    while (step * cell < LINE) step += step < 5 ? 1 : 5;
    const chosen = [];
    for (let i = 0; i < count - 1; i += step) {
      if (i === 0 || (count - 1 - i) * cell >= LINE) chosen.push(i);
    }
    return count > 1 && (count - 1) * cell < LINE ? chosen : [...chosen, count - 1];
  }

  function drawLegend(legend, maps) {
    const bar = element("div", "bar"), strip = element("canvas"), ticks = element("div", "ticks");
    strip.width = palette.length;
    strip.height = 1;
    strip.setAttribute("aria-hidden", "true");
    const context = strip.getContext("2d");
    palette.forEach((shade, i) => {
      context.fillStyle = `rgb(${shade})`;
      context.fillRect(i, 0, 1, 1);
    });
    for (let i = 0; i <= 5; i++) {
      ticks.append(element("span", "", minus(String(Number((data.low + (data.high - data.low) * i / 5).toFixed(3))))));
    }
    bar.append(strip, ticks);
    legend.append(bar);
    const names = {below: `below ${data.low}`, above: `above ${data.high}`, undefined: "undefined"};
    for (const [where, name] of Object.entries(names)) {
      if (!maps.some(map => map.values.some(value => place(value) === where))) continue;
      const swatch = element("span", "swatch"), box = element("i");
      box.style.background = where === "undefined"
        ? `repeating-linear-gradient(135deg, #${data.beyond.undefined} 0 3px, #${data.beyond.hatch} 3px 4px)`
        : `#${data.beyond[where]}`;
      swatch.append(box, name);
      legend.append(swatch);
    }
  }

  const maps = Array.from(document.querySelectorAll("[data-map]"), figure => new HeatMap(figure));
  document.querySelectorAll("[data-legend]").forEach(legend => drawLegend(legend, maps));
  const redraw = forPrint => maps.forEach(map => map.draw(forPrint));
  addEventListener("resize", () => redraw());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());
  addEventListener("scroll", () => HeatMap.active?.at && HeatMap.active.showTip(), {passive: true});
  document.addEventListener("pointerdown", event => {
    if (!event.target.closest?.(".canvas")) HeatMap.active?.leave();
  });
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach(part => {
      part.dataset.wasOpen = part.open;
      part.open = true;
    });
    redraw(true);
  });
  addEventListener("afterprint", () => {
    document.querySelectorAll("details").forEach(part => part.open = part.dataset.wasOpen === "true");
    redraw();
  });
})();

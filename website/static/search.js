// The search: all words of the query must be in a section; those in a heading count more.
{
  const field = document.getElementById("query");
  const found = document.getElementById("found");
  const list = document.getElementById("results");
  const LIMIT = 30;
  const AROUND = 70; // characters shown before and after a word

  const say = (en, zh) => `<span lang="en">${en}</span> <span lang="zh">${zh}</span>`;
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const entries = INDEX.map(([address, page, en, zh, text]) => {
    return { address, page, en, zh, text, heading: plain(`${en} ${zh}`), words: plain(text) };
  });

  function score(entry, words) {
    let sum = 0;
    for (const word of words) {
      const times = entry.words.split(word).length - 1;
      const inHeading = entry.heading.includes(word);
      if (!times && !inHeading) return 0;
      sum += 20 * inHeading + Math.min(times, 10);
    }
    return sum;
  }

  /** What stands around the first of the words, with all of them marked. */
  function excerpt(entry, words) {
    const place = Math.min(...words.map((word) => entry.words.indexOf(word)).filter((at) => at >= 0), Infinity);
    const start = place === Infinity ? 0 : Math.max(0, place - AROUND);
    const text = entry.text.slice(start, start + 2 * AROUND);
    const part = document.createElement("p");
    const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "i");
    for (const piece of `${start ? "… " : ""}${text} …`.split(pattern)) {
      const node = document.createElement(pattern.test(piece) ? "mark" : "span");
      node.textContent = piece;
      part.append(node);
    }
    return part;
  }

  function show() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    list.replaceChildren();
    found.innerHTML = "";
    if (!words.length) return;
    const best = entries
      .map((entry) => [score(entry, words), entry])
      .filter(([value]) => value)
      .sort(([a], [b]) => b - a);
    const count = best.length;
    found.innerHTML = count ? say(`Found in ${count} sections`, `在 ${count} 节里找到`) : say("Nothing found", "没有找到");
    for (const [, entry] of best.slice(0, LIMIT)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = entry.address;
      if (entry.zh === entry.en) link.textContent = entry.en;
      else {
        const [english, chinese] = [document.createElement("span"), document.createElement("span")];
        [english.lang, english.textContent] = ["en", entry.en];
        [chinese.lang, chinese.textContent] = ["zh", entry.zh];
        link.append(english, " ", chinese);
      }
      const page = document.createElement("small");
      page.textContent = ` ${entry.page}`;
      item.append(link, page, excerpt(entry, words));
      list.append(item);
    }
  }

  field.value ||= new URLSearchParams(location.search).get("q") ?? ""; // somebody may have typed already
  field.addEventListener("input", () => {
    const address = field.value ? `?q=${encodeURIComponent(field.value)}` : location.pathname;
    try {
      history.replaceState(null, "", address);
    } catch {
      // Opened from a file: the address stays as it is.
    }
    show();
  });
  document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
  show();
  field.focus();
}

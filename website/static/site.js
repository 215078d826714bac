// What all pages share: language and theme, what scrolls, copying code, and the contents of a chapter.
{
const LANGUAGES = ["only-en", "only-zh", "both"];
const buttons = document.querySelectorAll("[data-language]");

function choose(language) {
  document.documentElement.classList.remove(...LANGUAGES);
  document.documentElement.classList.add(language);
  for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.language === language);
}

choose(LANGUAGES.find((language) => document.documentElement.classList.contains(language)) ?? "both");
for (const button of buttons) {
  button.addEventListener("click", () => {
    choose(button.dataset.language);
    try {
      localStorage.setItem("language", button.dataset.language);
    } catch {
      // Where nothing may be kept, the choice holds for this page.
    }
  });
}

// The theme: as the system has it, light, or dark.
const THEMES = {
  auto: ["◐", "Theme: as the system 主题：跟随系统"],
  light: ["☀", "Theme: light 主题：浅色"],
  dark: ["☾", "Theme: dark 主题：深色"],
};
const themeButton = document.getElementById("theme");

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  const [sign, label] = THEMES[name];
  themeButton.textContent = sign;
  themeButton.setAttribute("aria-label", label);
  themeButton.title = label;
}

setTheme(THEMES[document.documentElement.dataset.theme] ? document.documentElement.dataset.theme : "auto");
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  const names = Object.keys(THEMES);
  setTheme(names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length]);
  try {
    localStorage.setItem("theme", document.documentElement.dataset.theme);
  } catch {
    // Where nothing may be kept, the choice holds for this page.
  }
});

// Code can be copied where the browser lets a page write to the clipboard.
if (navigator.clipboard) {
  const say = (en, zh) => `<span lang="en">${en}</span> <span lang="zh">${zh}</span>`;
  for (const pre of document.querySelectorAll("main pre")) {
    const button = document.createElement("button");
    const rest = () => (button.innerHTML = say("Copy", "复制"));
    button.type = "button";
    button.className = "copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
        button.innerHTML = say("Copied", "已复制");
      } catch {
        button.innerHTML = say("Not allowed here", "此处不允许");
      }
      setTimeout(rest, 2000);
    });
    rest();
    const around = document.createElement("div");
    around.className = "copyable";
    pre.replaceWith(around);
    around.append(pre, button);
  }
}

// What is too wide for the page scrolls by itself, and can then be reached by keyboard.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
for (const wide of document.querySelectorAll("pre, .scroll, .nowrap, math[display=block]")) sizes.observe(wide);

const contents = document.querySelector(".contents");
if (contents) {
  const narrow = matchMedia("(max-width: 64rem)");
  const fold = () => (contents.open = !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();
  // On a phone they lie over the text: whoever goes on reading, or presses Escape, folds them.
  const close = () => narrow.matches && (contents.open = false);
  addEventListener("click", ({ target }) => contents.contains(target) || close());
  addEventListener("keydown", ({ key }) => key === "Escape" && close());

  const links = new Map();
  for (const link of contents.querySelectorAll("a[href^='#']")) {
    link.addEventListener("click", fold);
    links.set(document.getElementById(decodeURIComponent(link.hash.slice(1))), link);
  }
  // The place of the reader is the last heading above the upper third of the window.
  const mark = () => {
    let here;
    for (const [heading, link] of links) {
      if (heading.getBoundingClientRect().top < innerHeight / 3) here = link;
      link.removeAttribute("aria-current");
    }
    here?.setAttribute("aria-current", "location");
    if (here && !narrow.matches) contents.scrollTop = here.offsetTop - contents.clientHeight / 2;
  };
  let due;
  const soon = () => (due ??= requestAnimationFrame(() => ((due = undefined), mark())));
  addEventListener("scroll", soon, { passive: true });
  soon();
}
}

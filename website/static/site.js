// What all pages share: the choice of language, what scrolls, and the table of contents of a chapter.

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

// What is too wide for the page scrolls by itself, and can then be reached by keyboard.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
for (const wide of document.querySelectorAll("pre, .scroll, math[display=block]")) sizes.observe(wide);

const contents = document.querySelector(".contents");
if (contents) {
  const narrow = matchMedia("(max-width: 64rem)");
  const fold = () => (contents.open = !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();

  const links = new Map();
  for (const link of contents.querySelectorAll("a")) {
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

// What all pages share: the choice of language, and the table of contents of a chapter.

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
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
  for (const heading of links.keys()) observer.observe(heading);
}

// Pointing at something, or reaching it with the keyboard, dims whatever has nothing to do with it.
const details = document.getElementById("details");
const hint = details.innerHTML;
const things = "[data-commune], [data-path], [data-place]";

function words(element, name) {
  return (element.dataset[name] || "").split(" ").filter(Boolean);
}

function related(picture, thing) {
  const { commune, path, place } = thing.dataset;
  const all = (selector) => [...picture.querySelectorAll(selector)];
  const ways = path ? [path] : words(thing, "on");
  const lit = all("[data-path]").filter((way) => ways.includes(way.dataset.path));
  if (place) lit.push(...all("[data-tunnel]").filter((way) => words(way, "tunnel").includes(place)));
  if (path) lit.push(...all("[data-on]").filter((other) => words(other, "on").includes(path)));
  if (commune) lit.push(...all("[data-place]").filter((site) => words(site, "on").some((way) => ways.includes(way))));
  return [thing, ...lit];
}

function show(thing) {
  clear();
  const picture = thing.closest("svg");
  picture.classList.add("hot");
  related(picture, thing).forEach((element) => element.classList.add("lit"));
  const [name, ...rest] = thing.getAttribute("aria-label").split(": ");
  const strong = document.createElement("strong");
  strong.textContent = name;
  details.replaceChildren(strong, rest.join(": "));
}

function clear() {
  document.querySelectorAll(".hot").forEach((element) => element.classList.remove("hot"));
  document.querySelectorAll(".lit").forEach((element) => element.classList.remove("lit"));
  details.innerHTML = hint;
}

for (const picture of document.querySelectorAll("svg")) {
  picture.addEventListener("pointerover", (event) => {
    const thing = event.target.closest(things);
    if (thing) show(thing);
    else if (document.activeElement === document.body) clear();
  });
  picture.addEventListener("pointerleave", clear);
  picture.addEventListener("focusin", (event) => show(event.target.closest(things)));
  picture.addEventListener("focusout", clear);
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.activeElement.blur();
    clear();
  }
});

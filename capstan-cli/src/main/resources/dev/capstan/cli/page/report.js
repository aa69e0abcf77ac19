// What a mark is stands below its drawing while it is pointed at or has the focus; of a drawing's marks one is on the
// way of the tab key, arrows go to the others.
for (const drawing of document.querySelectorAll(".drawing")) {
  const told = drawing.querySelector(".told");
  const marks = [...drawing.querySelectorAll(".mark")];
  const tell = mark => {
    told.textContent = mark.getAttribute("aria-label");
    for (const other of marks) {
      other.classList.toggle("alike", Boolean(mark.dataset.group) && other.dataset.group === mark.dataset.group);
    }
  };
  marks.forEach((mark, place) => {
    mark.setAttribute("tabindex", place === 0 ? "0" : "-1");
    mark.addEventListener("pointerenter", () => tell(mark));
    mark.addEventListener("click", () => tell(mark));
    mark.addEventListener("focus", () => tell(mark));
    mark.addEventListener("keydown", event => {
      const last = marks.length - 1;
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -last, End: last };
      const step = steps[event.key];
      if (step !== undefined) {
        event.preventDefault();
        const next = marks[Math.min(last, Math.max(0, place + step))];
        mark.setAttribute("tabindex", "-1");
        next.setAttribute("tabindex", "0");
        next.focus();
        next.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    });
  });
}
// What is folded away belongs on paper, too.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(part => { part.open = true; }));

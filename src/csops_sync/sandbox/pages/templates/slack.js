// The page works without this. With it, forms are sent in place, and what changes elsewhere is seen within a second.
"use strict";
(() => {
  const PARTS = ["side", "room", "modal"];
  const PAUSE = 1000;
  const known = new Map();
  let tag = "";
  let busy = 0;

  const part = (root, name) => root.querySelector(`#${name}`);
  const html = (root, name) => part(root, name).innerHTML;

  function atEnd() {
    return window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 120;
  }

  function replace(name, markup) {
    const place = part(document, name);
    const shut = [...place.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);
    const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
    place.innerHTML = markup;
    for (const [id, open] of shut) {
      const again = document.getElementById(id);
      if (again) again.open = open;
    }
    if (focused) document.getElementById(focused)?.focus();
  }

  function show(text, { noting }) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    if (!part(fresh, "room")) return;
    const followed = atEnd();
    for (const name of PARTS) {
      const markup = html(fresh, name);
      if (known.get(name) !== markup) replace(name, markup);
      known.set(name, markup);
    }
    if (noting) part(document, "note").innerHTML = html(fresh, "note");
    if (followed) window.scrollTo(0, document.documentElement.scrollHeight);
    raise();
  }

  function raise() {
    const dialog = document.querySelector("#modal dialog");
    if (!dialog || dialog.matches(":modal")) return;
    dialog.removeAttribute("open");
    dialog.showModal();
    dialog.querySelector(".wrong input, .wrong textarea, .field input, .field textarea, .field select")?.focus();
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      dialog.querySelector("[data-close]").click();
    });
  }

  async function look() {
    if (!busy && !document.hidden) {
      try {
        const headers = tag ? { "If-None-Match": tag } : {};
        const answer = await fetch(location.href, { headers, cache: "no-store" });
        const text = await answer.text();
        if (!busy && answer.status !== 304 && answer.headers.get("ETag")) {
          tag = answer.headers.get("ETag");
          show(text, { noting: false });
        }
      } catch (error) {
        console.info("the sandbox does not answer; asking again", error.message);
      }
    }
    setTimeout(look, PAUSE);
  }

  async function send(event) {
    const form = event.target;
    if (form.method !== "post") return;
    event.preventDefault();
    const by = event.submitter;
    const address = by?.hasAttribute("formaction") ? by.formAction : form.action;
    const body = new URLSearchParams(new FormData(form, by));
    by?.closest("details.menu")?.removeAttribute("open");
    by?.classList.add("busy");
    busy += 1;
    try {
      const answer = await fetch(address, { method: "POST", body });
      show(await answer.text(), { noting: true });
    } finally {
      by?.classList.remove("busy");
      busy -= 1;
    }
  }

  document.documentElement.classList.add("scripted");
  for (const name of PARTS) known.set(name, html(document, name));
  document.addEventListener("submit", send);
  document.addEventListener("change", (event) => {
    if (event.target.id === "who") event.target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  });
  if (!location.hash) window.scrollTo(0, document.documentElement.scrollHeight);
  raise();
  setTimeout(look, PAUSE);
})();

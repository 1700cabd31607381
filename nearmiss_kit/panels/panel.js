// Keeps the keys typed in a review away from notebook commands, tells screen readers what a control is and where it
// stands, gives the focus back after a redraw, and saves words somebody stops typing. It holds no rule and sends nothing.
(() => {
  if (window.nearMissPanel) return;
  window.nearMissPanel = true;
  const STOPPED_TYPING = 4000; // milliseconds
  const CONTROLS = "button, input, textarea, select, summary, [tabindex='0']";
  let places = []; // classes of the place where somebody is, nearest first
  let typing = null;

  const keyOf = (element) => [...element.classList].find((name) => name.startsWith("nm-key-"));
  const set = (element, name, value) => element.getAttribute(name) === value || element.setAttribute(name, value);

  function describe(panel) {
    // On each control, not on the panel: JupyterLab looks at the element that has the focus only.
    panel.querySelectorAll(CONTROLS).forEach((control) => set(control, "data-lm-suppress-shortcuts", "true"));
    panel.querySelectorAll(".nm-status .widget-html-content").forEach((status) => {
      set(status, "role", "status");
      set(status, "aria-live", "polite");
      set(status, "aria-atomic", "true");
    });
    panel.querySelectorAll(".nm-question, .nm-group").forEach((group) => {
      const ask = group.querySelector(":scope > .nm-ask, :scope > .widget-html blockquote, :scope > .widget-html .widget-html-content");
      if (!ask || !ask.textContent.trim()) return;
      set(group, "role", "group");
      set(group, "aria-label", ask.textContent.trim().slice(0, 300));
    });
    panel.querySelectorAll("button.nm-option").forEach((b) => set(b, "aria-pressed", String(b.classList.contains("nm-chosen"))));
    panel.querySelectorAll("button.nm-toggle").forEach((b) => set(b, "aria-expanded", String(b.classList.contains("nm-open"))));
  }

  function giveFocusBack() {
    if (!places.length || (document.activeElement && document.activeElement !== document.body && document.activeElement.closest(".nm-panel"))) return;
    if (places[0].element.isConnected) return;
    for (const { key } of places) {
      const found = [...document.getElementsByClassName(key)].find((element) => element.offsetParent);
      const target = found && (found.matches(CONTROLS) ? found : found.querySelector(CONTROLS));
      if (target) return target.focus({ preventScroll: true });
    }
  }

  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".nm-panel")) return void (places = []);
    places = [];
    for (let at = event.target; at && !at.classList.contains("nm-panel"); at = at.parentElement) {
      const key = keyOf(at);
      if (key) places.push({ key, element: event.target });
    }
  });
  document.addEventListener("focusout", (event) => {
    const left = event.target;
    setTimeout(() => { if (left.isConnected && document.activeElement === document.body) places = []; });
  });
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!box.closest(".nm-panel") || !box.matches("textarea, input[type=text]")) return;
    clearTimeout(typing);
    typing = setTimeout(() => box.isConnected && box.dispatchEvent(new Event("change", { bubbles: true })), STOPPED_TYPING);
  });

  let planned = false;
  const look = () => {
    planned = false;
    document.querySelectorAll(".nm-panel").forEach(describe);
    giveFocusBack();
  };
  const plan = () => { if (!planned) { planned = true; requestAnimationFrame(look); } };
  new MutationObserver(plan).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  plan();
})();

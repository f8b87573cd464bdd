// The address of this copy of the page, so that it stands on paper.
for (const place of document.querySelectorAll(".address")) place.textContent = new URL("../", location.href).href;

// Draws a figure that stands as JSON on the page, in place of its drawing without script. Plotly comes when the
// chart is about to be seen; colours are those of the page.
const TOKEN = /^--polsslag-/;

function coloured(value, probe) {
  if (typeof value === "string") return TOKEN.test(value) ? colourOf(value, probe) : value;
  if (Array.isArray(value)) return value.map((one) => coloured(one, probe));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, coloured(one, probe)]));
}

// As the browser computes it, since a token may name another one, or a colour of the reader's own.
function colourOf(token, probe) {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

// Plotly's maps, which no page here has, write their style into the page unless something has this name.
const MAP_STYLE = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

function load(address) {
  const placeholder = document.createElement("meta");
  placeholder.id = MAP_STYLE;
  document.head.append(placeholder);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

async function draw(holder) {
  const figure = JSON.parse(document.getElementById(holder.dataset.chart).textContent);
  const still = holder.querySelector(".trend");
  if (!window.Plotly) await load(holder.dataset.plotly);
  const place = document.createElement("div");
  place.className = "big-chart__drawing";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", holder.dataset.label);
  still.before(place);
  const paint = () => {
    const { data, layout } = coloured(figure, holder);
    holder.style.color = "";
    layout.font.family = getComputedStyle(document.body).fontFamily;
    return Plotly.react(place, data, layout, { displayModeBar: false, responsive: true });
  };
  await paint();
  holder.classList.add("is-drawn");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    draw(entry.target);
  }
});
for (const holder of document.querySelectorAll("[data-chart]")) seen.observe(holder);

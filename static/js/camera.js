// The camera as a reader: frames go one at a time to a worker. A code counts once two frames in a row show it and no
// other code was in view for a moment.
// Loaded when somebody first opens the camera.

const MOMENT = 4; // frames

const eye = document.getElementById("camera");
const film = eye.querySelector("video");
const choices = eye.querySelector("[data-codes]");
const workers = window.trustedTypes?.createPolicy("veinline", {
  createScriptURL: (address) => {
    if (address === eye.dataset.worker) return address;
    throw new TypeError("Only the reader's own worker may run.");
  },
});
let looking = null;

const tell = (words) => (eye.querySelector("[data-said]").textContent = words);

const shut = () => {
  looking?.stream.getTracks().forEach((track) => track.stop());
  looking?.worker.terminate();
  looking = null;
  film.srcObject = null;
};

const take = (text) => {
  const { read } = looking;
  eye.close();
  read(text);
};

// The square symbol of a label says what its bars say and more; other codes in view are somebody's choice.
const bare = (text) => text.replace(/^\][A-Za-z]\d/, "");
const distinct = (texts) => texts.filter((text) => !texts.some((other) => other !== text && bare(other).startsWith(bare(text))));

const offer = (texts) => {
  texts.filter((text) => !choices.querySelector(`[value="${CSS.escape(text)}"]`)).forEach((text) => {
    const choice = document.createElement("button");
    Object.assign(choice, { type: "button", className: "btn mono", value: text, textContent: bare(text) });
    choices.append(choice);
  });
  tell("Several codes are in view. Touch the one you mean, or show one alone.");
};

const frame = () => {
  if (!looking) return;
  const { videoWidth: width, videoHeight: height } = film;
  const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(film, 0, 0);
  looking.worker.postMessage(canvas.getImageData(0, 0, width, height));
};

const see = ({ data: texts }) => {
  if (!looking) return;
  looking.frames = [...looking.frames, texts].slice(-MOMENT);
  const [before, now] = looking.frames.slice(-2);
  const codes = distinct([...new Set(looking.frames.flat())]);
  const isSteady = looking.frames.length === MOMENT && now.includes(codes[0]) && before.includes(codes[0]);
  if (codes.length > 1) offer(codes);
  else if (isSteady && !choices.childElementCount) return take(codes[0]);
  requestAnimationFrame(frame);
};

// Opens the camera; `read` gets the one code that was read, as a reader would have sent it.
export const look = async (read) => {
  choices.replaceChildren();
  tell("Starting the camera.");
  eye.showModal();
  const picture = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: picture }).catch(() => null);
  if (!stream) return tell("This tablet gave no camera. Allow it in the browser, or use a reader.");
  const { worker: address, decoder, binary } = eye.dataset;
  const worker = new Worker(workers?.createScriptURL(address) ?? address);
  looking = { stream, worker, read, frames: [] };
  if (!eye.open) return shut();
  worker.onmessage = see;
  worker.onerror = () => tell("The camera's reader did not start. Load the page again, or use a reader.");
  worker.postMessage({ decoder, binary });
  film.srcObject = stream;
  await film.play().catch(() => null); // closed meanwhile
  if (!looking) return;
  tell("Hold one label in the picture until it is read.");
  frame();
};

eye.addEventListener("close", shut);
eye.addEventListener("click", ({ target }) => {
  if (target.closest("[data-close]")) eye.close();
  const choice = target.closest("[data-codes] button");
  if (choice) take(choice.value);
});

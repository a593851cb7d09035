// Tones and vibration beside what is seen, never instead of it.
let audio;

const note = (hertz, from, length) => {
  const wave = audio.createOscillator();
  const gain = audio.createGain();
  wave.frequency.value = hertz;
  gain.gain.value = 0.25;
  wave.connect(gain).connect(audio.destination);
  wave.start(audio.currentTime + from);
  wave.stop(audio.currentTime + from + length);
};

const TONES = {
  read: [[[880, 0, 0.08]], [30]],
  match: [[[660, 0, 0.12], [990, 0.14, 0.18]], [60]],
  stop: [[[180, 0, 0.7]], [200, 100, 200, 100, 200]],
  refused: [[[220, 0, 0.15]], []],
};

export const tone = (kind) => {
  const [notes, pattern] = TONES[kind];
  audio ??= new AudioContext();
  notes.forEach((each) => note(...each));
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern);
};

// Reads the codes in one picture of the camera. A file of its own: only its answer's policy lets the decoder run.
const READ = { formats: ["Code128", "DataMatrix"], tryHarder: true, maxNumberOfSymbols: 8, textMode: "Plain" };

onmessage = async ({ data }) => {
  if (data.decoder) {
    importScripts(data.decoder);
    ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => data.binary } });
    return;
  }
  const found = await ZXingWASM.readBarcodes(data, READ);
  postMessage(found.filter((one) => one.isValid).map((one) => one.symbologyIdentifier + one.text));
};

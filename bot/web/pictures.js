// Photos made smaller before they are sent, and small pictures of them to show.
const HEAVY = 1.5 * 1024 * 1024;
const LONG_EDGE = 2048;
const THUMB_EDGE = 240;

// Browsers that do not turn a photo upright would send it lying; those send it as it is.
const upright = window.CSS && CSS.supports('image-orientation', 'from-image');

function load(blob) {
  return new Promise((done, fail) => {
    const url = URL.createObjectURL(blob);
    const image = new Image();
    image.onload = () => { URL.revokeObjectURL(url); done(image); };
    image.onerror = () => { URL.revokeObjectURL(url); fail(new Error('not a picture')); };
    image.src = url;
  });
}

function draw(image, edge) {
  const scale = Math.min(1, edge / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const pack = (canvas) => new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.85); });

// The file as it will be sent: `{blob, name, kind, thumb}`; thumb is '' for what is no picture.
export async function prepare(file) {
  const kind = (file.type || '').split('/')[0];
  const plain = { blob: file, name: file.name || '', kind, thumb: '' };
  if (kind !== 'image') return plain;
  try {
    const image = await load(file);
    plain.thumb = draw(image, THUMB_EDGE).toDataURL('image/jpeg', 0.7);
    if (file.size <= HEAVY || !upright) return plain;
    const small = await pack(draw(image, LONG_EDGE));
    if (!small || small.size >= file.size) return plain;
    return Object.assign(plain, { blob: small, name: plain.name.replace(/\.[^.]*$/, '') + '.jpg' });
  } catch (error) {
    return plain; // a kind of picture this browser cannot open; the server judges it
  }
}

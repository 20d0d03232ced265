/** Clicks, drags and the wheel on a drawing. */

export interface PointerActions {
  /** A click, in CSS pixels of the drawing. */
  readonly choose: (x: number, y: number) => void;
  /** A drag by so much of the drawing's width. */
  readonly move: (share: number) => void;
  /** The wheel with Ctrl, at so many pixels from the left. */
  readonly zoomAt: (x: number, factor: number) => void;
}

/** A drag begins when the pointer has moved so many pixels; below that it is a click. */
const dragThreshold = 4;

export function listenToPointer(canvas: HTMLCanvasElement, actions: PointerActions): void {
  let pressedAt: number | undefined;
  let lastX = 0;
  let isDrag = false;
  canvas.addEventListener('pointerdown', ({ offsetX, pointerId, button }) => {
    if (button !== 0) return;
    pressedAt = lastX = offsetX;
    isDrag = false;
    canvas.setPointerCapture(pointerId);
  });
  canvas.addEventListener('pointermove', ({ offsetX }) => {
    if (pressedAt === undefined) return;
    isDrag ||= Math.abs(offsetX - pressedAt) > dragThreshold;
    if (!isDrag) return;
    actions.move((lastX - offsetX) / canvas.clientWidth);
    lastX = offsetX;
  });
  canvas.addEventListener('pointerup', ({ offsetX, offsetY }) => {
    if (pressedAt !== undefined && !isDrag) actions.choose(offsetX, offsetY);
    pressedAt = undefined;
  });
  canvas.addEventListener('pointercancel', () => {
    pressedAt = undefined;
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      const { deltaX, deltaY, ctrlKey, metaKey, shiftKey, offsetX } = event;
      if (ctrlKey || metaKey) actions.zoomAt(offsetX, deltaY > 0 ? 1.25 : 0.8);
      else if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) {
        actions.move((shiftKey ? deltaX || deltaY : deltaX) / canvas.clientWidth);
      } else return;
      event.preventDefault();
    },
    { passive: false },
  );
}

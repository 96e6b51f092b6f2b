/**
 * The host said no. Thrown where it says so; the host records it either way. Catch it to react, or let it end the run.
 */
export class Refused extends Error {
  /** @param {{ tag: string, val?: unknown }} refusal as the contract has it */
  constructor(refusal) {
    super(words(refusal));
    this.name = "Refused";
    /** Why, as the contract names it: `window-closed`, `owned-by-person`, `denied` … */
    this.reason = refusal.tag;
    /** What belongs to the reason: the permission, the field and why, when it ends, the allowance, the words; or null. */
    this.detail = refusal.val ?? null;
  }
}

function words({ tag, val }) {
  switch (tag) {
    case "denied":
      return `the permission \`${val}\` was not granted: request it in flow.toml under [permissions], and install again`;
    case "invalid":
      return `${val.field}: ${val.why}`;
    case "window-closed":
      return "the customer-service window is closed; a template may be sent";
    case "owned-by-person":
      return "a person speaks in this conversation";
    case "template":
      return `template: ${val}`;
    case "no-consent":
      return "the contact has not consented";
    case "quota":
      return `the quota is spent until ${new Date(val).toISOString()}`;
    case "budget":
      return "the budget is used up";
    case "run-limit":
      return `this run's allowance of ${val} is used up`;
    default:
      return String(val ?? tag);
  }
}

/** A refusal that the SDK knows of before the host is asked. */
export function invalid(field, why) {
  return new Refused({ tag: "invalid", val: { field, why } });
}

/** Calls the host. What it refuses becomes a {@link Refused} with the stack of whoever asked. */
export function ask(call, ...args) {
  try {
    return call(...args);
  } catch (thrown) {
    const refusal = thrown?.payload ?? thrown;
    if (typeof refusal?.tag === "string") throw new Refused(refusal);
    throw thrown;
  }
}

/** Runs `action`, and returns a refusal instead of throwing it; anything else is thrown on. */
export function attempt(action) {
  try {
    return action();
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown;
    throw thrown;
  }
}

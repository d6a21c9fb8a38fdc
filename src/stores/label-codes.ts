/** A label that is not known yet, packed. */
export const NO_LABEL = 255;

/** An outcome that is known and has no class: a number or the relevance of a ranking, packed. */
export const NO_CLASS = 254;

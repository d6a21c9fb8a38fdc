import type {
  PipelineHandler,
  PipelineResources,
  PipelineStage,
  PipelineValue,
  RuleDirection,
  ValidationRule,
} from './pipeline';

/** What a stage is asked for in a template. */
export type StageState = 'Success' | 'Failed' | 'Skipped';

/** The layouts that `.Format` knows, by the reference day of Go, 2 January 2006. */
export const DATE_LAYOUTS = ['2006-01-02', '2006/01/02', '20060102', '2006-01', '200601', '2006', '01', '02'] as const;

/** One of the layouts above. */
export type DateLayout = (typeof DATE_LAYOUTS)[number];

/** How two values are compared. */
export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A template's expression as a tree that is JSON: it travels with the plan and is evaluated, never parsed again. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: PipelineValue }
  /** The run's day in the pipeline's zone, so many days later; a text where there is a layout. */
  | { readonly kind: 'date'; readonly days: number; readonly layout: DateLayout | null }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'item' }
  | { readonly kind: 'state'; readonly stage: string; readonly state: StageState }
  | { readonly kind: 'output'; readonly stage: string; readonly output: string }
  | { readonly kind: 'metric'; readonly stage: string; readonly metric: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly operator: Comparator; readonly left: Expression; readonly right: Expression };

/** A text with expressions in it. One expression alone keeps its type; more of them make a text. */
export interface Template {
  readonly parts: readonly (string | Expression)[];
}

/** A value that is known, or is made when the stage starts. */
export type PlannedValue = { readonly value: PipelineValue } | { readonly template: Template };

/** What a stage is given. */
export type PlannedInput = { readonly name: string } & (
  | { readonly kind: 'value'; readonly value: PlannedValue }
  | { readonly kind: 'output'; readonly stage: string; readonly output: string }
  | { readonly kind: 'path'; readonly path: string }
);

/** A stage and one that must have ended before it. */
export interface PipelineEdge {
  readonly from: string;
  readonly to: string;
  /** `dependsOn` says so, or an input takes its output. */
  readonly kind: 'explicit' | 'implicit';
}

type Compiled = 'inputs' | 'hyperparameters' | 'condition' | 'dependsOn' | 'validationRules';

/** A stage that can be run: its templates are trees, its rules have directions. */
export interface PlannedStage extends Omit<PipelineStage, Compiled> {
  /** Stages that must have ended, by name, in the order of the plan. */
  readonly needs: readonly string[];
  /** 0 without needs, else one more than the highest of them. */
  readonly level: number;
  readonly inputs: readonly PlannedInput[];
  readonly hyperparameters: Readonly<Record<string, PlannedValue | readonly PlannedValue[]>>;
  readonly condition: Expression | null;
  readonly validationRules: readonly (ValidationRule & { readonly direction: RuleDirection })[];
}

/** A pipeline that can be run: every reference is known to be good. */
export interface CompiledPipeline {
  readonly name: string;
  readonly schedule: string | null;
  readonly timezone: string;
  readonly parameters: Readonly<Record<string, PipelineValue>>;
  readonly parallelism: number;
  /** A stage comes after all it needs; otherwise in the order of the file. */
  readonly stages: readonly PlannedStage[];
  readonly edges: readonly PipelineEdge[];
  readonly onFailure: PipelineHandler | null;
}

/** One thing that is wrong with a pipeline. */
export interface PipelineIssue {
  readonly path: readonly (string | number)[];
  /** What would be accepted, and what may have been meant. */
  readonly expected: string;
}

/** What is known of a stage before anything has run. */
export interface ForeseenStage {
  readonly name: string;
  readonly level: number;
  readonly image: string;
  readonly needs: readonly string[];
  /** `if`: its condition asks for what only the run will tell. */
  readonly runs: 'yes' | 'if' | 'no';
  /** Why it does not. */
  readonly reason: string | null;
  /** How often: once, or once for each item. */
  readonly times: number;
  /** Of one of them. */
  readonly resources: PipelineResources;
  /** Values that are known already, by the input's name. */
  readonly values: Readonly<Record<string, PipelineValue>>;
}

/** A run before it has begun. */
export interface ForeseenRun {
  readonly stages: readonly ForeseenStage[];
  /** The most that the stages of one level need at once. */
  readonly peak: PipelineResources;
}

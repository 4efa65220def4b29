import { ISSUE_REFERENCES, type IssueReference, type IssueRule } from './issue-references.ts';
import { formatPath, type JsonPath } from './json-path.ts';
import { LIMITS } from './limits.ts';
import type { IssueSeverity, ManifestIssue } from './types.ts';

/**
 * `publish` is for who uploads their own manifest. `mirror` is for manifests that another registry already accepted:
 * rules that only concern publishing become warnings, while what would break readers stays an error.
 */
export type ManifestMode = 'publish' | 'mirror';

/** Collects the issues of one document, up to `LIMITS.maxIssues`. */
export class IssueReport {
  readonly mode: ManifestMode;
  readonly issues: ManifestIssue[] = [];

  constructor(mode: ManifestMode = 'publish') {
    this.mode = mode;
  }

  /** Nothing is added any more: rules that walk long lists can stop. The list then ends with `too-many-issues`, an error. */
  get isFull(): boolean {
    return this.issues.length > LIMITS.maxIssues;
  }

  get hasErrors(): boolean {
    return this.issues.some((issue) => issue.severity === 'error');
  }

  /**
   * @param problem One sentence without a full stop that names what was found; the fix is added to it.
   * @param fix Replaces the rule's own fix.
   * @param mirrorSeverity Replaces the rule's own, where it depends on the place.
   */
  add(
    reference: IssueReference,
    path: JsonPath,
    problem: string,
    { fix, mirrorSeverity }: { fix?: string; mirrorSeverity?: IssueSeverity } = {},
  ): void {
    if (this.isFull) return;
    if (this.issues.length === LIMITS.maxIssues) {
      const { explanation } = ISSUE_REFERENCES['too-many-issues'];
      this.issues.push(this.#issue('too-many-issues', [], explanation.slice(0, -1), {}));
      return;
    }
    this.issues.push(this.#issue(reference, path, problem, { fix, mirrorSeverity }));
  }

  #issue(
    reference: IssueReference,
    path: JsonPath,
    problem: string,
    { fix, mirrorSeverity }: { fix?: string; mirrorSeverity?: IssueSeverity },
  ): ManifestIssue {
    const rule: IssueRule = ISSUE_REFERENCES[reference];
    return {
      type: rule.type,
      path: formatPath(path),
      message: `${problem}. ${fix ?? rule.fix}`,
      severity: this.mode === 'mirror' ? (mirrorSeverity ?? rule.mirrorSeverity) : rule.severity,
      reference,
    };
  }
}

package dev.kume.containers;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves a class of container tests out where {@code -Dkume.containers} allows it, so that each of its tests is
 * reported as skipped with the reason: what stops in {@code @BeforeAll} is not reported at all.
 */
final class NeedsEngine implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isEmpty() && ContainerSwitch.now() instanceof ContainerSwitch.Decision.Skip skip) {
            System.out.println("Container tests are left out: " + skip.reason());
            return ConditionEvaluationResult.disabled(skip.reason());
        }
        return ConditionEvaluationResult.enabled("there is an engine, or the class itself says what is wrong with it");
    }
}

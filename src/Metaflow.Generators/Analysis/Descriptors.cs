using System.Collections.Immutable;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>The diagnostics by their codes. A message has three parts (what, why, how to fix), which the rules write.</summary>
internal static class Descriptors
{
    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        Error(RuleCodes.ReservedStepName, "A step has a reserved name"),
        Error(RuleCodes.StartStepCount, "A flow does not have exactly one first step"),
        Error(RuleCodes.EndStepCount, "A flow does not have exactly one last step"),
        Error(RuleCodes.UnknownTarget, "A transition leads to an unknown step"),
        Error(RuleCodes.AmbiguousStartOrEnd, "The first or last step is ambiguous"),
        Error(RuleCodes.StartHasIncoming, "A transition leads to the first step"),
        Error(RuleCodes.EndHasOutgoing, "The last step has a transition"),
        Error(RuleCodes.EndIsJoin, "The last step takes inputs"),
        Error(RuleCodes.StepNameCharacters, "A name has characters that are not allowed"),
        Error(RuleCodes.MissingTransition, "A step has no transition"),
        Error(RuleCodes.Cycle, "Steps form a loop"),
        Error(RuleCodes.UnreachableStep, "A step can never run"),
        Error(RuleCodes.EndBeforeJoin, "The flow ends inside a split"),
        Error(RuleCodes.JoinMissesBranches, "A join misses branches of its split"),
        Error(RuleCodes.JoinWithoutSplit, "A join has no split"),
        Error(RuleCodes.JoinOfUnrelatedSplits, "A join is reached from different splits"),
        Error(RuleCodes.BranchesMeetWithoutJoin, "Branches meet without a join"),
        Error(RuleCodes.MixedTransitions, "A switch chooses a branch or a foreach"),
        Error(RuleCodes.SwitchIntoJoin, "A switch leads directly to a join"),
        Error(RuleCodes.SplitIntoJoin, "A split leads directly to a join"),
        Error(RuleCodes.ForeachSeveralTargets, "A foreach names several steps"),
        Error(RuleCodes.JoinAndSplit, "A step joins and splits at once"),
        Error(RuleCodes.TargetNamedTwice, "A transition names a step twice"),
        Error(RuleCodes.GangNotJoined, "A gang is not joined"),
        Warning(RuleCodes.ReadBeforeSet, "An artifact is read before it is set"),
        Error(RuleCodes.ItemWithoutForeach, "A step takes an item outside a foreach"),
        Error(RuleCodes.EmptyTransition, "A transition names no step"),
        Error(RuleCodes.FlowNotPartial, "A flow is not partial"),
        Error(RuleCodes.DuplicateName, "Two members have the same name on disk"),
        Error(RuleCodes.ReservedMemberName, "A parameter or artifact has a reserved name"),
        Error(RuleCodes.HidesFlowSpec, "A member hides a member of FlowSpec"),
        Error(RuleCodes.ItemTypeMismatch, "The items do not fit the step's argument"),
        Error(RuleCodes.NextOutsideStep, "Next is called outside a step's own body"),
        Error(RuleCodes.StepSignature, "A method cannot be a step"),
        Error(RuleCodes.UnstorableArtifact, "An artifact can never be stored"),
        Warning(RuleCodes.MutableStatic, "A flow has a static member that can change"),
        Error(RuleCodes.ArtifactAccessors, "An artifact cannot be read and set"),
        Error(RuleCodes.ParameterHasSetter, "A parameter has a set accessor"),
        Error(RuleCodes.DefaultFromUnsuitable, "DefaultFrom names no suitable method"),
        Error(RuleCodes.CatchVarUnsuitable, "Catch names no suitable property"),
        Error(RuleCodes.NoParameterlessConstructor, "A flow cannot be constructed"),
        Error(RuleCodes.PropertyNotPartial, "A marked property is not partial"),
        Error(RuleCodes.IncludeFileType, "An included file is neither text nor bytes"),
        Error(RuleCodes.DefaultUnreadable, "A default cannot be read"),
        Error(RuleCodes.LostState, "A value does not reach the next task"),
        Error(RuleCodes.LostMember, "A part of an artifact would be lost"),
        Error(RuleCodes.ParameterWithoutForm, "A parameter has no form on the command line"),
        Error(RuleCodes.DuplicateKey, "Two parts of an artifact have the same key"),
        Warning(RuleCodes.RetryNameUnknown, "A retry names an unknown exception"),
        Error(RuleCodes.MaxParallelTooSmall, "A limit of tasks is too small"),
        Error(RuleCodes.PluginNotRegistrable, "A plug-in cannot be registered"),
        Error(RuleCodes.EncodingUnknown, "An encoding is not known"),
        Error(RuleCodes.AbstractArtifact, "An artifact is declared as a type that cannot be created"),
        Error(RuleCodes.FormerNameUnread, "A former name can never be read"),
        Warning(RuleCodes.LostAtJoin, "A join loses artifacts that later steps read"),
        Hint(RuleCodes.MergeOfDifferent, "A merge takes artifacts that may differ"),
        Warning(RuleCodes.MergeNamesNoArtifact, "A name in a merge is not an artifact"),
        Error(RuleCodes.MergeIncludesAndExcludes, "A merge includes and excludes"),
        Error(RuleCodes.TooManyRetries, "Too many retries"),
        Error(RuleCodes.CatchOnSplit, "Catch is on a split"),
        Error(RuleCodes.TimeoutNotPositive, "A timeout gives no time"),
        Error(RuleCodes.NextOfNoStep, "An argument of Next is not a step"),
        Error(RuleCodes.GangStepNotMarked, "A gang's step is not marked"),
        Error(RuleCodes.ParallelStepWithoutGang, "A parallel step is reached without a gang"),
        Error(RuleCodes.GangSizeNotPositive, "A gang has no task"),
        Error(RuleCodes.EnvironmentVariableInvalid, "The environment variables of a step are wrong"),
        Error(RuleCodes.SecretsWithoutSource, "Secrets have no source"),
        Error(RuleCodes.ResourcesInvalid, "Resources have an invalid amount"),
        Error(RuleCodes.ProjectNameInvalid, "The name of a project is invalid"),
        Error(RuleCodes.ScheduleInvalid, "A schedule gives no time"),
        Error(RuleCodes.TriggerInvalid, "A trigger is wrong"),
        Error(RuleCodes.ExitHookInvalid, "An exit hook is wrong"),
        Error(RuleCodes.RetryWaitInvalid, "A retry has an invalid wait or exception"),
        Error(RuleCodes.ServiceHasSetter, "A service can be set"),
        Error(RuleCodes.ServiceUnsuitable, "A property cannot be a service"),
        Warning(RuleCodes.PackageNotReferenced, "The program does not reference a package of a step"),
    ];

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ByCode
        = All.ToImmutableDictionary(static descriptor => descriptor.Id);

    public static Diagnostic Report(string code, Location place, string what, string why, string fix)
        => Report(code, place, $"{what} {why} {fix}");

    public static Diagnostic Report(string code, Location place, string message) => Diagnostic.Create(ByCode[code], place, message);

    public static Diagnostic Report(GraphProblem problem, Location place, ImmutableDictionary<string, string?>? properties = null)
        => Diagnostic.Create(ByCode[problem.Code], place, properties, problem.Message);

    /// <summary>Reports a problem with a severity that depends on what is known, and with what its fix needs.</summary>
    public static Diagnostic Report(
        string code, Location place, DiagnosticSeverity severity, string message, ImmutableDictionary<string, string?> properties)
        => Diagnostic.Create(ByCode[code], place, severity, additionalLocations: null, properties, message);

    private static DiagnosticDescriptor Error(string code, string title) => Row(code, title, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string code, string title) => Row(code, title, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Hint(string code, string title) => Row(code, title, DiagnosticSeverity.Info);

    private static DiagnosticDescriptor Row(string code, string title, DiagnosticSeverity severity) => new(
        code, title, "{0}", "Metaflow", severity, isEnabledByDefault: true,
        description: $"How to fix it: {ErrorPages.PathOf(code)}.", helpLinkUri: ErrorPages.AddressOf(code));
}

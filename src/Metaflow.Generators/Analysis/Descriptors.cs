using System.Collections.Immutable;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>The diagnostics by their codes. A message has three parts (what, why, how to mend), which the rules write.</summary>
internal static class Descriptors
{
    private const string Category = "Metaflow";
    private const string Format = "{0}";

    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        new(RuleCodes.ReservedStepName, "A step has a reserved name", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1001.md."),
        new(RuleCodes.StartStepCount, "A flow has exactly one first step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1002.md."),
        new(RuleCodes.EndStepCount, "A flow has exactly one last step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1003.md."),
        new(RuleCodes.UnknownTarget, "A transition leads to an unknown step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1004.md."),
        new(RuleCodes.AmbiguousStartOrEnd, "The first or last step is ambiguous", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1005.md."),
        new(RuleCodes.StartHasIncoming, "A transition leads to the first step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1006.md."),
        new(RuleCodes.EndHasOutgoing, "The last step moves on", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1007.md."),
        new(RuleCodes.EndIsJoin, "The last step takes inputs", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1008.md."),
        new(RuleCodes.StepNameCharacters, "A name has characters that are not allowed", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1009.md."),
        new(RuleCodes.MissingTransition, "A step does not move on", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1010.md."),
        new(RuleCodes.Cycle, "Steps are a loop", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1011.md."),
        new(RuleCodes.UnreachableStep, "A step can never run", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1012.md."),
        new(RuleCodes.EndBeforeJoin, "The flow ends inside of a split", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1013.md."),
        new(RuleCodes.JoinMissesBranches, "A join misses branches of its split", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1014.md."),
        new(RuleCodes.JoinWithoutSplit, "A join has no split", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1015.md."),
        new(RuleCodes.JoinOfUnrelatedSplits, "A join is reached from different splits", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1016.md."),
        new(RuleCodes.BranchesMeetWithoutJoin, "Branches meet without a join", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1017.md."),
        new(RuleCodes.MixedTransitions, "A choice is between single steps", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1018.md."),
        new(RuleCodes.SwitchIntoJoin, "A choice leads directly into a join", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1019.md."),
        new(RuleCodes.SplitIntoJoin, "A split leads directly into a join", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1020.md."),
        new(RuleCodes.ForeachSeveralTargets, "A foreach names one step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1021.md."),
        new(RuleCodes.JoinAndSplit, "A step joins and splits at once", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1022.md."),
        new(RuleCodes.TargetNamedTwice, "A transition names a step twice", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1023.md."),
        new(RuleCodes.GangNotJoined, "A gang is not joined", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1024.md."),
        new(RuleCodes.ReadBeforeSet, "An artifact is read before it is set", Format, Category, DiagnosticSeverity.Warning, true, "See docs/errors/MF1025.md."),
        new(RuleCodes.ItemWithoutForeach, "A step takes an item outside of a foreach", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1026.md."),
        new(RuleCodes.EmptyTransition, "A transition names no step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1027.md."),
        new(RuleCodes.FlowNotPartial, "A flow is not partial", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1030.md."),
        new(RuleCodes.DuplicateName, "Two members have one name on disk", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1031.md."),
        new(RuleCodes.ReservedMemberName, "A parameter or artifact has a reserved name", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1032.md."),
        new(RuleCodes.HidesFlowSpec, "A member hides one of FlowSpec", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1033.md."),
        new(RuleCodes.ItemTypeMismatch, "Items do not fit the step's argument", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1034.md."),
        new(RuleCodes.NextOutsideStep, "Next is called outside of a step's own body", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1036.md."),
        new(RuleCodes.StepSignature, "A method cannot be a step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1037.md."),
        new(RuleCodes.UnstorableArtifact, "An artifact can never be stored", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1038.md."),
        new(RuleCodes.MutableStatic, "A flow has a static member that can change", Format, Category, DiagnosticSeverity.Warning, true, "See docs/errors/MF1039.md."),
        new(RuleCodes.ArtifactAccessors, "An artifact cannot be read and set", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1040.md."),
        new(RuleCodes.ParameterHasSetter, "A parameter has a set accessor", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1041.md."),
        new(RuleCodes.DefaultFromUnsuitable, "DefaultFrom names no suitable method", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1042.md."),
        new(RuleCodes.CatchVarUnsuitable, "Catch names no suitable property", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1043.md."),
        new(RuleCodes.NoParameterlessConstructor, "A flow cannot be constructed", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1044.md."),
        new(RuleCodes.PropertyNotPartial, "A marked property is not partial", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1045.md."),
        new(RuleCodes.IncludeFileType, "A file is text or bytes", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1046.md."),
        new(RuleCodes.DefaultUnreadable, "A default cannot be read", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1047.md."),
        new(RuleCodes.LostState, "A value does not travel to the next task", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1048.md."),
        new(RuleCodes.LostMember, "A part of an artifact would be lost", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1049.md."),
        new(RuleCodes.ParameterWithoutForm, "A parameter has no form on the command line", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1050.md."),
        new(RuleCodes.DuplicateKey, "Two parts of an artifact have one key", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1051.md."),
        new(RuleCodes.RetryNameUnknown, "A retry names an exception that is not known", Format, Category, DiagnosticSeverity.Warning, true, "See docs/errors/MF1052.md."),
        new(RuleCodes.MaxParallelTooSmall, "A limit of tasks is too small", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1053.md."),
        new(RuleCodes.PluginNotRegistrable, "A plug-in cannot be registered", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1054.md."),
        new(RuleCodes.EncodingUnknown, "An encoding is not known", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1055.md."),
        new(RuleCodes.AbstractArtifact, "An artifact is declared as a type that cannot be made", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1056.md."),
        new(RuleCodes.FormerNameUnread, "A former name can never be read", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1057.md."),
        new(RuleCodes.LostAtJoin, "A join loses what later steps read", Format, Category, DiagnosticSeverity.Warning, true, "See docs/errors/MF1080.md."),
        new(RuleCodes.MergeOfDifferent, "A merge takes over what may differ", Format, Category, DiagnosticSeverity.Info, true, "See docs/errors/MF1081.md."),
        new(RuleCodes.MergeNamesNoArtifact, "A merge names no artifact", Format, Category, DiagnosticSeverity.Warning, true, "See docs/errors/MF1082.md."),
        new(RuleCodes.MergeIncludesAndExcludes, "A merge includes and excludes", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1083.md."),
        new(RuleCodes.TooManyRetries, "Too many retries", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1060.md."),
        new(CatchOnSplit, "Catch stands on a split", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1061.md."),
        new(RuleCodes.TimeoutNotPositive, "A timeout gives no time", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1062.md."),
        new(NextOfNoStep, "Next was given something that is no step", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1065.md."),
        new(RuleCodes.GangStepNotMarked, "A gang's step is not marked", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1070.md."),
        new(RuleCodes.ParallelStepWithoutGang, "A parallel step is reached without a gang", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1071.md."),
        new(RuleCodes.GangSizeNotPositive, "A gang has no task", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1072.md."),
        new(RuleCodes.EnvironmentVariableInvalid, "Environment variables of a step are wrong", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1090.md."),
        new(RuleCodes.SecretsWithoutSource, "Secrets without a source", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1092.md."),
        new(RuleCodes.ResourcesInvalid, "Resources that are no amounts", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1093.md."),
        new(RuleCodes.ProjectNameInvalid, "A project's name cannot be one", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1094.md."),
        new(RuleCodes.ScheduleInvalid, "A schedule says no time", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1095.md."),
        new(RuleCodes.TriggerInvalid, "A trigger names nothing", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1096.md."),
        new(RuleCodes.ExitHookInvalid, "An exit hook names no method", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1097.md."),
        new(RuleCodes.RetryWaitInvalid, "A retry has a wait, or an exception, that cannot be", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1098.md."),
        new(RuleCodes.ServiceHasSetter, "A service can be set", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1110.md."),
        new(RuleCodes.ServiceUnsuitable, "A property cannot be a service", Format, Category, DiagnosticSeverity.Error, true, "See docs/errors/MF1111.md."),
    ];

    /// <summary>The code of the same mistake at run time, when a transition is made from code that the analyzer does not see.</summary>
    public const string NextOfNoStep = "MF1065";

    /// <summary>What <c>[Catch]</c> says of itself before a run.</summary>
    public const string CatchOnSplit = "MF1061";

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> ByCode = All.ToImmutableDictionary(static descriptor => descriptor.Id);

    public static Diagnostic Report(string code, Location place, string what, string why, string fix) => Report(code, place, $"{what} {why} {fix}");

    public static Diagnostic Report(string code, Location place, string message) => Diagnostic.Create(ByCode[code], place, message);

    public static Diagnostic Report(GraphProblem problem, Location place, ImmutableDictionary<string, string?>? properties = null)
        => Diagnostic.Create(ByCode[problem.Code], place, properties, problem.Message);

    /// <summary>Reports a problem with a severity that depends on what is known, and with what its fix needs.</summary>
    public static Diagnostic Report(string code, Location place, DiagnosticSeverity severity, string message, ImmutableDictionary<string, string?> properties)
        => Diagnostic.Create(ByCode[code], place, severity, additionalLocations: null, properties, message);
}

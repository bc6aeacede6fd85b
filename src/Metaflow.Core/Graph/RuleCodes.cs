namespace Metaflow.Graph;

/// <summary>The codes of the rules for flows, MF1001 to MF1059 and MF1070 to MF1072, and for the values of decorators. Analyzers and
/// <c>check</c> share them; each has a page in <c>docs/errors</c>.</summary>
/// <remarks>Those from MF1030 to MF1059, and MF1072, need the source and are reported by the analyzer alone, except MF1052.</remarks>
internal static partial class RuleCodes
{
    /// <summary>A step has a name that the framework uses itself.</summary>
    public const string ReservedStepName = "MF1001";

    /// <summary>There is no first step, or several are marked.</summary>
    public const string StartStepCount = "MF1002";

    /// <summary>There is no last step, or several are marked.</summary>
    public const string EndStepCount = "MF1003";

    /// <summary>A transition names a step that does not exist.</summary>
    public const string UnknownTarget = "MF1004";

    /// <summary>A transition names something that is not a step of the flow.</summary>
    public const string NextOfNoStep = "MF1065";

    /// <summary>One step is marked as the first or last, and another one is named so.</summary>
    public const string AmbiguousStartOrEnd = "MF1005";

    /// <summary>A transition leads to the first step.</summary>
    public const string StartHasIncoming = "MF1006";

    /// <summary>The last step moves on.</summary>
    public const string EndHasOutgoing = "MF1007";

    /// <summary>The last step takes inputs.</summary>
    public const string EndIsJoin = "MF1008";

    /// <summary>A step's name on disk has characters that are not allowed.</summary>
    public const string StepNameCharacters = "MF1009";

    /// <summary>A step has no transition and is not the last.</summary>
    public const string MissingTransition = "MF1010";

    /// <summary>Steps lead back to themselves, other than by a switch of one step.</summary>
    public const string Cycle = "MF1011";

    /// <summary>No path leads to a step.</summary>
    public const string UnreachableStep = "MF1012";

    /// <summary>The last step is reached inside a split.</summary>
    public const string EndBeforeJoin = "MF1013";

    /// <summary>A join is not reached by every branch of its split.</summary>
    public const string JoinMissesBranches = "MF1014";

    /// <summary>A join is reached outside every split.</summary>
    public const string JoinWithoutSplit = "MF1015";

    /// <summary>A join is reached from different splits.</summary>
    public const string JoinOfUnrelatedSplits = "MF1016";

    /// <summary>Branches of a split meet in a step that is not a join.</summary>
    public const string BranchesMeetWithoutJoin = "MF1017";

    /// <summary>A step chooses between transitions that are not all to a single step.</summary>
    public const string MixedTransitions = "MF1018";

    /// <summary>A switch leads directly into a join.</summary>
    public const string SwitchIntoJoin = "MF1019";

    /// <summary>A split leads directly into a join.</summary>
    public const string SplitIntoJoin = "MF1020";

    /// <summary>A foreach or a gang names several steps.</summary>
    public const string ForeachSeveralTargets = "MF1021";

    /// <summary>A join splits again, or chooses.</summary>
    public const string JoinAndSplit = "MF1022";

    /// <summary>A transition names the same step twice.</summary>
    public const string TargetNamedTwice = "MF1023";

    /// <summary>The step of a gang is not followed by a join.</summary>
    public const string GangNotJoined = "MF1024";

    /// <summary>An artifact is read on a path on which nothing has set it.</summary>
    public const string ReadBeforeSet = "MF1025";

    /// <summary>A step takes an item outside every foreach.</summary>
    public const string ItemWithoutForeach = "MF1026";

    /// <summary>A transition names no step.</summary>
    public const string EmptyTransition = "MF1027";

    /// <summary>A gang's step is not marked <c>[Parallel]</c>.</summary>
    public const string GangStepNotMarked = "MF1070";

    /// <summary>A step marked <c>[Parallel]</c> is reached without <c>numParallel:</c>.</summary>
    public const string ParallelStepWithoutGang = "MF1071";

    /// <summary>The constant size of a gang is less than one.</summary>
    public const string GangSizeNotPositive = "MF1072";

    /// <summary>A flow's class, or a type around it, is not partial.</summary>
    public const string FlowNotPartial = "MF1030";

    /// <summary>Two members have one name on disk.</summary>
    public const string DuplicateName = "MF1031";

    /// <summary>A parameter or artifact has a name that the framework uses itself.</summary>
    public const string ReservedMemberName = "MF1032";

    /// <summary>A member hides one of <c>FlowSpec</c>.</summary>
    public const string HidesFlowSpec = "MF1033";

    /// <summary>The items of a foreach do not fit the step's argument.</summary>
    public const string ItemTypeMismatch = "MF1034";

    /// <summary><c>Next</c> is called outside a step's own body.</summary>
    public const string NextOutsideStep = "MF1036";

    /// <summary>A method marked as a step cannot be one.</summary>
    public const string StepSignature = "MF1037";

    /// <summary>An artifact has a type that can never be stored.</summary>
    public const string UnstorableArtifact = "MF1038";

    /// <summary>A flow has a static member that can change.</summary>
    public const string MutableStatic = "MF1039";

    /// <summary>An artifact lacks a get or set accessor.</summary>
    public const string ArtifactAccessors = "MF1040";

    /// <summary>A parameter has a set accessor.</summary>
    public const string ParameterHasSetter = "MF1041";

    /// <summary><c>DefaultFrom</c> names no suitable method.</summary>
    public const string DefaultFromUnsuitable = "MF1042";

    /// <summary><c>[Catch(Var = …)]</c> names no suitable property.</summary>
    public const string CatchVarUnsuitable = "MF1043";

    /// <summary>A flow has no public constructor without arguments.</summary>
    public const string NoParameterlessConstructor = "MF1044";

    /// <summary>A property is marked as an artifact or a parameter but is not partial.</summary>
    public const string PropertyNotPartial = "MF1045";

    /// <summary>The content of a file has a type other than text or bytes.</summary>
    public const string IncludeFileType = "MF1046";

    /// <summary>The constant default of a parameter is not a value of its type.</summary>
    public const string DefaultUnreadable = "MF1047";

    /// <summary>An included text has an encoding that is not known.</summary>
    public const string EncodingUnknown = "MF1055";

    /// <summary>A parameter has a type of which no value can be read from text.</summary>
    public const string ParameterWithoutForm = "MF1050";

    /// <summary>One step sets an ordinary member that another one reads.</summary>
    public const string LostState = "MF1048";

    /// <summary>The type of an artifact has a member whose value is not stored.</summary>
    public const string LostMember = "MF1049";

    /// <summary>Two members of an artifact's type are stored under one key.</summary>
    public const string DuplicateKey = "MF1051";

    /// <summary>The declared type of an artifact, or of a part of one, is abstract or an interface: nothing can be read into
    /// it.</summary>
    public const string AbstractArtifact = "MF1056";

    /// <summary>A former name of a member can never be read.</summary>
    public const string FormerNameUnread = "MF1057";

    /// <summary>An assembly names a plug-in that cannot be registered.</summary>
    public const string PluginNotRegistrable = "MF1054";

    /// <summary>A service can be set, or cannot be read.</summary>
    public const string ServiceHasSetter = "MF1110";

    /// <summary>A property marked as a service is something else too, or a value type.</summary>
    public const string ServiceUnsuitable = "MF1111";

    /// <summary>A join does not pass on what its inputs have and later steps read.</summary>
    public const string LostAtJoin = "MF1080";

    /// <summary>A merge takes artifacts over that differ between the inputs.</summary>
    public const string MergeOfDifferent = "MF1081";

    /// <summary>A merge is given a name that is not an artifact of the class.</summary>
    public const string MergeNamesNoArtifact = "MF1082";

    /// <summary>A merge is given names to include and names to exclude.</summary>
    public const string MergeIncludesAndExcludes = "MF1083";
}

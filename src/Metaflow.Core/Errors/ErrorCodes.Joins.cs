namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A merge found artifacts about which the inputs of the join disagree.</summary>
    public const string MergeConflict = "MF3020";

    /// <summary>A merge was to include artifacts that no input has.</summary>
    public const string MergeIncludesMissing = "MF3021";

    /// <summary>A merge was asked for outside of a join.</summary>
    public const string MergeOutsideJoin = "MF3022";

    /// <summary>A merge was given names to include and names to exclude.</summary>
    public const string MergeListsExclude = "MF3023";

    /// <summary>A merge was given a name that is no artifact.</summary>
    public const string MergeNameUnknown = "MF3024";
}

namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A spin replaces an artifact that the flow does not have.</summary>
    public const string SpinArtifactUnknown = "MF2132";

    /// <summary>A step cannot be run once more on its own.</summary>
    public const string SpinNotPossible = "MF2133";
}

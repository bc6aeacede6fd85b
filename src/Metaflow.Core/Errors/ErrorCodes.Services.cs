namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>A step asked for a service that there is not.</summary>
    public const string ServiceMissing = "MF2131";
}

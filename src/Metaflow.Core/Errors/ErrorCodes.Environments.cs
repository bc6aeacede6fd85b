namespace Metaflow.Errors;

/// <content>Environments: MF7xxx.</content>
public static partial class ErrorCodes
{
    /// <summary>NuGet finds no packages that satisfy the requirements of an environment.</summary>
    public const string PackagesNotFound = "MF7020";

    /// <summary>There is no .NET SDK, which finds packages.</summary>
    public const string SdkMissing = "MF7021";

    /// <summary>A package of an environment is nowhere.</summary>
    public const string PackageMissing = "MF7022";

    /// <summary>The bytes of a package are not those that were locked.</summary>
    public const string PackageDamaged = "MF7023";

    /// <summary>The program cannot run steps with packages of their own.</summary>
    public const string ProgramWithoutEnvironments = "MF7024";

    /// <summary>There is no room on this machine for the packages of an environment.</summary>
    public const string NoRoomForPackages = "MF7025";
}

namespace Metaflow.Settings;

/// <summary>The kinds of environments: where tasks get their packages from.</summary>
public static class EnvironmentTypes
{
    /// <summary>A step with decorators of packages, such as <c>[NuGet]</c>, has an environment of its own. The other steps run with the
    /// packages that the program was compiled with.</summary>
    public const string Automatic = "automatic";

    /// <summary>All steps run with the packages that the program was compiled with, whatever their decorators say.</summary>
    public const string Local = "local";

    /// <summary>The same as <see cref="Automatic"/>, by the name that the Conda V2 extension of Metaflow has for it.</summary>
    public const string Conda = "conda";

    /// <summary>Gets all kinds.</summary>
    public static IReadOnlyList<string> All { get; } = [Automatic, Local, Conda];
}

using Metaflow.Platform;

namespace Metaflow.Settings;

/// <summary>How the user started this program, where another program started it for the user, as <c>metaflow run</c> does.</summary>
internal static class GivenInvocation
{
    /// <summary>The variable that tells the program; what it starts itself does not have it.</summary>
    public const string Variable = "METAFLOW_PROGRAM_INVOCATION";

    private static readonly string? Taken = Take();

    /// <summary>Gets the text before the arguments, such as <c>metaflow run train.cs</c>; <see langword="null"/> when the user started the
    /// program alone.</summary>
    public static string? Text => Taken;

    private static string? Take()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        if (given is not null)
        {
            ProcessEnvironment.Remove(Variable);
        }

        return given is { Length: > 0 } ? given : null;
    }
}

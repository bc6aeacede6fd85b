namespace Metaflow.Platform;

/// <summary>The environment of this process, which .NET keeps twice: <see cref="Environment"/> has a copy of its own, and native code has
/// the system's.</summary>
internal static class ProcessEnvironment
{
    /// <summary>Sets a variable in both, so that native code of this process finds it too.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">The value; <see langword="null"/> removes it.</param>
    /// <remarks>Called in the process of a task alone, before or after the author's code: native code that reads the environment meanwhile
    /// is not safe from it.</remarks>
    public static void Set(string name, string? value)
    {
        if (value is null)
        {
            Remove(name);
            return;
        }

        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
        {
            _ = NativeMethods.SetEnvironment(name, value, overwrites: 1);
        }
    }

    /// <summary>Removes a variable from both, so that nothing that this process starts inherits it, whoever starts it.</summary>
    /// <param name="name">The variable's name.</param>
    /// <remarks>Called before there are threads that read the environment of native code.</remarks>
    public static void Remove(string name)
    {
        Environment.SetEnvironmentVariable(name, null);

        // On Windows there is one environment only.
        if (!OperatingSystem.IsWindows())
        {
            _ = NativeMethods.UnsetEnvironment(name);
        }
    }
}

namespace Metaflow.Platform;

/// <summary>The environment of this process, which .NET keeps twice: <see cref="Environment"/> has a copy of its own, and native code has the system's.</summary>
internal static class ProcessEnvironment
{
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

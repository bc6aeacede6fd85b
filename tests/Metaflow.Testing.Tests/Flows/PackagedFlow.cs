namespace Metaflow.Testing.Tests.Flows;

// The packages of a test's feed are no references of this project.
#pragma warning disable MF1112

/// <summary>A flow one step of which has a package of its own.</summary>
public partial class PackagedFlow : FlowSpec
{
    /// <summary>Gets or sets the packages that the step's process was started with.</summary>
    public partial string Seen { get; set; }

    [Step, NuGet("Acme.Lib", "1.0.0")]
    private Transition Start()
    {
        Seen = string.Join(',', ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(Path.GetFileName).Where(static file => file!.StartsWith("Acme.", StringComparison.Ordinal)).Order());
        return Next(Other);
    }

    [Step, NuGet("Acme.Base", "2.0.0")]
    private Transition Other() => Next(End);

    [Step]
    private void End()
    {
    }
}

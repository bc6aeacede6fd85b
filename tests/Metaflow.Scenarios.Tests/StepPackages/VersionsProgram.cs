using Metaflow.Scenarios.Tests.Plugins;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>A flow whose steps run with different versions of a package, in a place with nothing but what the test gives it: its own feed,
/// its own folders of NuGet and of environments.</summary>
internal sealed class VersionsProgram : IDisposable
{
    /// <summary>The flow alone, for a library.</summary>
    public const string FlowSource = """
        using Acme;

        public partial class VersionsFlow : FlowSpec
        {
            public partial string Seen { get; set; }

            public partial Place Where { get; set; }

            [Step, NuGet("Acme.Lib", "1.0.0")]
            Transition Start()
            {
                Seen = Look("start");
                Where = new Place { Name = "first", Size = 1 };
                return Next(Higher);
            }

            [Step, NuGet("Acme.Lib", ">=3")]
            Transition Higher()
            {
                Seen += Look("higher");
                Where.Size += 10;
                Where.Name += Where.GetType().GetProperty("Color")?.GetValue(Where);
                return Next(End);
            }

            [Step]
            void End()
            {
                Seen += Look("end");
                Console.WriteLine($"{Where.Name} {Where.Size}");
            }

            private static string Look(string step)
            {
                var assembly = typeof(Lib).Assembly;
                var folder = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
                Console.WriteLine($"{step}: {Lib.Text}, assembly {assembly.GetName().Version}, base {folder}");
                return Lib.Name + ";";
            }
        }
        """;

    /// <summary>The flow with an entry point.</summary>
    public const string Source = FlowSource + """

        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<VersionsFlow>(args);
        }
        """;

    private readonly PluggedProgram _program;

    public VersionsProgram(string program = Source, string? library = null)
    {
        Feed = new PackageFolderFeed(Path.Combine(Place.Folder, "feed"));
        foreach (var version in (string[])["1.0.0", "2.0.0", "3.0.0"])
        {
            Feed.Add("Acme.Lib", version, LibraryOf(version));
        }

        Place.Environment["NUGET_PACKAGES"] = NuGetFolder;
        Place.Environment["METAFLOW_ENVIRONMENTS_FOLDER"] = EnvironmentsFolder;
        File.WriteAllText(Path.Combine(Place.Folder, "nuget.config"), Feed.Configuration);
        var built = Directory.CreateDirectory(Path.Combine(Place.Folder, "program")).FullName;
        _program = new PluggedProgram(built)
            .AddPackage("Acme.Lib", "2.0.0", Path.Combine(Feed.Folder, "built", "2.0.0", "Acme.Lib.dll"))
            .Include("Metaflow.ObjectStorage", "Metaflow.Aws");
        if (library is not null)
        {
            _program.Add("Library", library, "Acme.Lib");
        }

        _program.Add("Versions", program, ["Acme.Lib", "Metaflow.Aws", .. library is null ? [] : (string[])["Library"]]);
    }

    public Workplace Place { get; } = new();

    public PackageFolderFeed Feed { get; }

    public string NuGetFolder => Path.Combine(Place.Folder, "nuget-packages");

    public string EnvironmentsFolder => Path.Combine(Place.Folder, "environments");

    /// <summary>The higher version has a member more in the type of an artifact.</summary>
    public static string LibraryOf(string version) => $$"""
        namespace Acme;

        public static class Lib
        {
            public static string Name => "{{version}}";

            public static string Text => "acme {{version}}";
        }

        public class Place
        {
            public string Name { get; set; } = "";

            public int Size { get; set; }

            {{(version[0] == '3' ? "public string Color { get; set; } = \"blue\";" : "")}}
        }
        """;

    public Task<CommandOutcome> RunAsync(params string[] arguments) => _program.RunAsync(Place, arguments);

    public FlowProcess Start(params string[] arguments) => _program.Start(Place, arguments);

    public void RemoveFeed() => Directory.Delete(Feed.Folder, recursive: true);

    /// <summary>Removes all that this machine has of packages and environments.</summary>
    public void RemoveCaches()
    {
        foreach (var folder in (string[])[NuGetFolder, EnvironmentsFolder])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    public void Dispose() => Place.Dispose();
}

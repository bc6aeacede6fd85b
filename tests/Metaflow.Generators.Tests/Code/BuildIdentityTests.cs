using Metaflow.Code;
using Metaflow.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Code;

/// <summary>Builds that differ in nothing but what their files hold.</summary>
public sealed class BuildIdentityTests : IDisposable
{
    private static readonly DateTime Normalised = new(2001, 9, 9, 1, 46, 40, DateTimeKind.Utc);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaflow-builds-");

    [Theory]
    [InlineData(0)]
    [InlineData(1_500_000)]
    public void Assemblies_of_one_length_and_one_time_are_told_apart_by_what_was_compiled(int resources)
    {
        var before = Build("v1", resources);
        var after = Build("v2", resources);

        Assert.Equal(new FileInfo(before).Length, new FileInfo(after).Length);
        Assert.NotEqual(BuildIdentity.OfFiles([before]), BuildIdentity.OfFiles([after]));
        Assert.Equal(BuildIdentity.OfFiles([before]), BuildIdentity.OfFiles([Build("v1", resources)]));
    }

    [Fact]
    public void A_large_file_that_is_no_assembly_is_told_by_its_content()
    {
        var content = new byte[1_500_000];
        var before = Write(content);
        content[^1] = 1;

        Assert.NotEqual(BuildIdentity.OfFiles([before]), BuildIdentity.OfFiles([Write(content)]));
    }

    [Fact]
    public void A_file_that_was_only_touched_is_the_same()
    {
        var path = Build("v1", 1_500_000);
        var before = BuildIdentity.OfFiles([path]);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow);

        Assert.Equal(before, BuildIdentity.OfFiles([path]));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Build(string text, int resources)
    {
        var output = FlowCompilation.Of($"public static class Program {{ public static string Text => \"{text}\"; }}").Output;
        output = output.WithOptions(output.Options.WithDeterministic(true));
        using var image = new MemoryStream();
        var resource = new ResourceDescription("big", () => new MemoryStream(new byte[resources]), isPublic: true);
        Assert.True(output.Emit(image, manifestResources: [resource], cancellationToken: TestContext.Current.CancellationToken).Success);
        return Write(image.ToArray());
    }

    private string Write(byte[] content)
    {
        var path = Path.Combine(_folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName, "FlowUnderTest.dll");
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, Normalised);
        return path;
    }
}

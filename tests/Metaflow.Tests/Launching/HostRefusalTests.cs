using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;

namespace Metaflow.Tests.Launching;

/// <summary>Tells what the host of .NET says from the ends of programs.</summary>
public sealed class HostRefusalTests
{
    private static readonly LaunchRequest Request = new(new TaskPath("F", "1", "start", "2"), 0, [], new Dictionary<string, string>(), 0)
    {
        Program = new ProgramLocation("dotnet", ["exec", "flow.dll"]),
    };

    [Theory]
    [InlineData(129, "The specified deps.json [/a/b.deps.json] does not exist")]
    [InlineData(129, "The application to execute does not exist: '/a/b.dll'")]
    [InlineData(139, "Error initializing the dependency resolver: An error occurred while parsing: /a/b.deps.json")]
    [InlineData(140, "An assembly specified in the application dependencies manifest (b.deps.json) was not found:")]
    [InlineData(147, "Invalid runtimeconfig.json [/a/b.runtimeconfig.json]")]
    [InlineData(150, "You must install or update .NET to run this application.")]
    [InlineData(unchecked((int)0x80008096), "You must install or update .NET to run this application.")]
    [InlineData(137, "Failed to create CoreCLR, HRESULT: 0x8007000E")]
    public void What_the_host_wrote_is_told_with_its_code(int exitCode, string text)
    {
        var refused = Refusal(exitCode, ("Error:", true), (text, true))!;

        Assert.Equal(ErrorCodes.RuntimeRefused, refused.Code);
        Assert.Contains($"code {exitCode}", refused.What, StringComparison.Ordinal);
        Assert.Contains(text.TrimEnd('.'), refused.Why, StringComparison.Ordinal);
        Assert.StartsWith("Build the program again", refused.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_environment_the_files_are_put_back()
    {
        var refusal = new HostRefusal();
        refusal.Note("The specified deps.json [/a/b.deps.json] does not exist", isError: true);

        var error = refusal.Of(129, Request with { Program = Request.Program with { Environment = "abc" } })!;

        Assert.Contains("'environment resolve'", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(137)]
    [InlineData(139)]
    [InlineData(129)]
    public void A_process_that_a_signal_ended_is_no_refusal(int exitCode)
    {
        Assert.Null(Refusal(exitCode));
        Assert.Null(Refusal(exitCode, ("Something else", true)));
        Assert.Null(Refusal(exitCode, ("begun", false), ("Failed to create CoreCLR", true)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(202)]
    public void Other_ends_are_no_refusals(int exitCode) => Assert.Null(Refusal(exitCode, ("You must install .NET", true)));

    private static LaunchException? Refusal(int exitCode, params (string Text, bool IsError)[] lines)
    {
        var refusal = new HostRefusal();
        foreach (var (text, isError) in lines)
        {
            refusal.Note(text, isError);
        }

        return refusal.Of(exitCode, Request);
    }
}

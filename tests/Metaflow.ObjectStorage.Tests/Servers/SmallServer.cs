using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>A server of one function.</summary>
internal sealed class SmallServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private SmallServer(WebApplication application) => _application = application;

    /// <summary>Gets the address.</summary>
    public Uri Address
        => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Answers requests.</param>
    public static async Task<SmallServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options => options.Limits.MaxRequestBodySize = null);
        var application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        application.Run(answer);
        await application.StartAsync();
        return new SmallServer(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
